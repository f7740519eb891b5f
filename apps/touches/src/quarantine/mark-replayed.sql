-- Only one that waits; a second replay at the same time finds it replayed.
update quarantine
set state = 'replayed', replayed_at = $2::timestamptz, event_ids = $3::uuid[]
where id = $1::uuid and state = 'waiting'
