-- Where each applied event stands in the log; a repeat counts, the first stands.
select event_id, name, source, topic, partition, "offset", key, stream, version, occurred_at, recorded_at, duplicates
  from entry
