update quarantine
set code = $2, field = $3, reason = $4, remedy = $5
where id = $1::uuid and state = 'waiting'
