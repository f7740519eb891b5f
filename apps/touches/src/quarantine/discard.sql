update quarantine
set state = 'discarded', discarded_at = $2::timestamptz, discarded_reason = $3
where id = $1::uuid and state = 'waiting'
