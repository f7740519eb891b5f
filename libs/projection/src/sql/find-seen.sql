select event_id, payload_hash, topic, stream, version from entry where event_id = any ($1::uuid[])
union
select e.event_id, e.payload_hash, e.topic, e.stream, e.version
from unnest($3::text[], $4::int[]) as w (stream, version)
join entry e on e.topic = $2 and e.stream = w.stream and e.version = w.version
