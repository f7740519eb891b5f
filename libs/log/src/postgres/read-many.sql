-- Of several partitions at once what `read.sql` gives of one.
select a.ask::int, h.low, h.next, r."offset", r.key, r.value, r.headers, r.time
from unnest($1::text[], $2::int[], $3::bigint[]) with ordinality as a (topic, partition, first, ask)
join log_partition h on h.topic = a.topic and h.partition = a.partition
left join lateral (
  select "offset", key, value, headers, time
  from log_record
  where topic = h.topic and partition = h.partition and "offset" >= a.first
  order by "offset"
  limit $4
) r on true
order by a.ask, r."offset"
