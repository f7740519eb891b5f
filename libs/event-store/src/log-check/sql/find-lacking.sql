-- Streams of which the log has versions that the store lacks. The table of events is asked, not that of versions: it
-- is what decisions are judged by.
with lacking as (
  select h.stream, h.version as logged, coalesce(s.version, 0) as stored
  from logged_head h
  left join stream s on s.stream = h.stream
  where not exists (select from event e where e.stream = h.stream and e.version = h.version)
)
select
  stream, logged::text as logged, stored::text as stored, count(*) over () as streams,
  (sum(greatest(logged - stored, 1)) over ())::text as events
from lacking
order by stream
limit 5
