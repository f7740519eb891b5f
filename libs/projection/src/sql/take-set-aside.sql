with next as (
  select topic, partition, "offset" from set_aside
  where topic = $1 and partition = $2
  order by "offset"
  limit $3
), taken as (
  delete from set_aside s using next n
  where (s.topic, s.partition, s."offset") = (n.topic, n.partition, n."offset")
  returning s.topic, s.partition, s."offset", s.record
)
select topic, partition, "offset", record from taken order by "offset"
