insert into stream_head (topic, stream, version)
select $1, stream, version from unnest($2::text[], $3::int[]) as h (stream, version)
on conflict (topic, stream) do update set version = excluded.version
