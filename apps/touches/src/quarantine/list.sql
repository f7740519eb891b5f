-- A page, oldest first; $1 is the id of the last one of the page before, null for the first page.
select id, received_at, state, code, field, reason, remedy, octet_length(raw) as bytes,
  replayed_at, event_ids, discarded_at, discarded_reason
from quarantine
where number > coalesce((select number from quarantine where id = $1::uuid), 0)
  and ($2::text is null or state = $2::text)
order by number
limit $3::integer
