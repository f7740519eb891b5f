-- Versions for which the log has another event than the store has still.
select
  d.stream, d.version::text as version, d.event_id as logged, e.event_id as stored, d.topic, d.partition,
  d."offset"::text as offset, count(*) over () as differences
from logged_difference d
join event e on e.stream = d.stream and e.version = d.version and e.event_id <> d.event_id
order by d.stream, d.version
limit 5
