insert into entry (event_id, name, source, topic, partition, "offset", key, stream, version, occurred_at, recorded_at, payload_hash)
select event_id, name, source, topic, partition, "offset", key, stream, version, occurred_at, recorded_at, payload_hash
from json_populate_recordset(null::entry, $1::json)
order by event_id
on conflict (event_id) do nothing
