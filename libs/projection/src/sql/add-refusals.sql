insert into refusal (event_id, code, message) select * from unnest($1::uuid[], $2::text[], $3::text[])
