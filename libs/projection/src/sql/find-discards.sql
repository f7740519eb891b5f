select topic, partition, "offset", event_id from projection.discard where projection = $1
