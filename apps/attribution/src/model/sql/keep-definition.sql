insert into model_definition (model, version, event_id, in_force_from, said)
select $2::jsonb ->> 'model', ($2::jsonb ->> 'version')::int, $1, ($2::jsonb ->> 'inForceFrom')::timestamptz, $2::jsonb
returning version, in_force_from
