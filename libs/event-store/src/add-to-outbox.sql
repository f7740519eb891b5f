-- Adds records unless that takes the outbox over its cap ($7, null: none); all of them or none.
insert into outbox (topic, key, value, headers, timestamp, event_id)
select r.topic, r.key, r.value, r.headers::json, r.timestamp, r.event_id
from unnest($1::text[], $2::text[], $3::bytea[], $4::text[], $5::bigint[], $6::uuid[])
  with ordinality as r (topic, key, value, headers, timestamp, event_id, n)
where $7::bigint is null
  or (select count(*) from (select 1 from outbox limit $7::bigint) waiting) + cardinality($1::text[]) <= $7::bigint
order by r.n
returning id
