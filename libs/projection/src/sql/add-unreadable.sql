insert into unreadable (topic, partition, first_offset, next_offset, code, reason, discarded)
select topic, partition, first_offset, next_offset, code, reason, discarded
from json_populate_recordset(null::unreadable, $1::json)
