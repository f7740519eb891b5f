insert into credit_snapshot (model, number, event_id, command_id, asked, taken_at, said)
values ($1, $2, $3, $4, $5, $6, $7)
