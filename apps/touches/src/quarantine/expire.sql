-- Discards what has waited since before $1, and removes the bytes of what was settled before $2; the rest of each row
-- stays, so that counts and reasons do. A replay may hold one: it is left for the next time.
with expired as (
  select id, octet_length(raw) as bytes from quarantine
  where state = 'waiting' and received_at < $1::timestamptz
  for update skip locked
), usage as (
  update quarantine_usage set bytes = quarantine_usage.bytes - (select coalesce(sum(bytes), 0) from expired)
), discarded as (
  update quarantine
  set state = 'discarded', discarded_at = $3::timestamptz, discarded_reason = $4, raw = '', headers = '{}'
  from expired where quarantine.id = expired.id
)
update quarantine set raw = '', headers = '{}'
where coalesce(replayed_at, discarded_at) < $2::timestamptz and raw <> ''
