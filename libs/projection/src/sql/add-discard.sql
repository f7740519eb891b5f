insert into projection.discard (projection, topic, partition, "offset", event_id, reason, discarded_by)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (projection, topic, partition, "offset") do nothing
