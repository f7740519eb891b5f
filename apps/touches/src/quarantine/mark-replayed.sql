-- In the transaction that holds it.
with replayed as (
  update quarantine
  set state = 'replayed', replayed_at = $2::timestamptz, event_ids = $3::uuid[]
  where id = $1::uuid and state = 'waiting'
  returning octet_length(raw) as bytes
)
update quarantine_usage set bytes = quarantine_usage.bytes - replayed.bytes from replayed
