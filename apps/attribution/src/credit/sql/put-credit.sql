insert into credit select * from json_populate_recordset(null::credit, $1::json)
on conflict (opportunity, model) do update
   set model_version = excluded.model_version, event_id = excluded.event_id, outcome = excluded.outcome,
       amount = excluded.amount, currency = excluded.currency, unattributed_weight = excluded.unattributed_weight,
       unattributed_amount = excluded.unattributed_amount, reason = excluded.reason, said = excluded.said
