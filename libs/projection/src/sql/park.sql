insert into parked (topic, partition, "offset", key, event_id, name, stream, version, state, code, reason, record, recorded_at)
select topic, partition, "offset", key, event_id, name, stream, version, state, code, reason, record, recorded_at
from json_populate_recordset(null::parked, $1::json)
