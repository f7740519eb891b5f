-- The streams to judge by and what the commands caused before, in one round trip.
select 'stream' as found_by, e.*
from event e
where e.stream = any ($1::text[])
union all
select 'command' as found_by, e.*
from unnest($2::text[], $3::text[]) as asked (source, command_id)
join event e on e.source = asked.source and e.command_id = asked.command_id
order by stream, version
