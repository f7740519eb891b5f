with made as (
  insert into log_topic (topic, partitions) values ($1, $2) on conflict do nothing returning topic, partitions
)
insert into log_partition (topic, partition)
select topic, generate_series(0, partitions - 1) from made
