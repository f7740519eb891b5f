-- Head and records of one snapshot: the head bounds what is committed, and comes even without records.
select h.low, h.next, r."offset", r.key, r.value, r.headers, r.time
from log_partition h
left join lateral (
  select "offset", key, value, headers, time
  from log_record
  where topic = h.topic and partition = h.partition and "offset" >= $3
  order by "offset"
  limit $4
) r on true
where h.topic = $1 and h.partition = $2
order by r."offset"
