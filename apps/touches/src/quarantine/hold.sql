-- Race: a discard, or another replay, while its events are on their way to the log. They pass by what is held.
select id, received_at, state, code, field, reason, remedy, octet_length(raw) as bytes,
  replayed_at, event_ids, discarded_at, discarded_reason, raw, headers
from quarantine
where id = $1::uuid and state = 'waiting'
for update skip locked
