-- In the transaction that holds it.
update quarantine
set state = 'replayed', replayed_at = $2::timestamptz, event_ids = $3::uuid[]
where id = $1::uuid and state = 'waiting'
