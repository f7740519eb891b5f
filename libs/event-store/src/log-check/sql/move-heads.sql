insert into logged_head as h (stream, version)
select given.stream, given.version
from unnest($1::text[], $2::bigint[]) as given (stream, version)
order by given.stream collate "C"
on conflict (stream) do update set version = excluded.version where h.version < excluded.version
