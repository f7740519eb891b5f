-- Of the events that a batch of the log names, those that the store has not, or has another one for.
select asked.n::integer as n, e.event_id as stored
from unnest($1::text[], $2::bigint[], $3::uuid[]) with ordinality as asked (stream, version, event_id, n)
left join event e on e.stream = asked.stream and e.version = asked.version
where e.event_id is distinct from asked.event_id
order by asked.n
