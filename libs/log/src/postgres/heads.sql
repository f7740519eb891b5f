select topic, partition, low, next from log_partition where topic = any ($1) order by topic, partition
