-- Adds records unless that takes the outbox over its cap ($6, null: none); all of them or none.
insert into outbox (topic, key, value, headers, timestamp, event_id)
select r.topic, r.key, r.value, r.headers::json, r.timestamp, r.event_id
from unnest($1::text[], $2::text[], $3::bytea[], $4::text[], $5::bigint[], $7::uuid[])
  with ordinality as r (topic, key, value, headers, timestamp, event_id, n)
where $6::bigint is null
  or (select count(*) from (select 1 from outbox limit $6::bigint) waiting) + cardinality($1::text[]) <= $6::bigint
order by r.n
