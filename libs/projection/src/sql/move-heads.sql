insert into stream_head (topic, stream, version)
select topic, stream, version from json_populate_recordset(null::stream_head, $1::json)
on conflict (topic, stream) do update set version = excluded.version
