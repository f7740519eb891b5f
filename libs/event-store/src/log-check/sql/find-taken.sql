-- Where the store has an event under the id, or from the command, of an event that is to be taken back.
select asked.n::integer as n, e.stream, e.version::integer as version
from unnest($1::uuid[], $2::text[], $3::text[], $4::integer[])
  with ordinality as asked (event_id, source, command_id, command_index, n)
join event e on e.event_id = asked.event_id
  or (e.source = asked.source and e.command_id = asked.command_id and e.command_index = asked.command_index)
