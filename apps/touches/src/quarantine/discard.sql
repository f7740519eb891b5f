-- Passes by one that a replay holds: waiting for it would take the connections which that replay needs to end.
with waiting as (
  select id, octet_length(raw) as bytes from quarantine
  where id = $1::uuid and state = 'waiting' for update skip locked
), usage as (
  update quarantine_usage set bytes = quarantine_usage.bytes - waiting.bytes from waiting
)
update quarantine
set state = 'discarded', discarded_at = $2::timestamptz, discarded_reason = $3
from waiting
where quarantine.id = waiting.id
