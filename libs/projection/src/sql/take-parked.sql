with taken as (
  delete from parked where topic = $1 and key = $2 and state <> 'discarded'
  returning topic, partition, "offset", record
)
select topic, partition, "offset", record from taken order by "offset"
