-- Events that the log lacks, in the order of their streams; those that wait in the outbox go there by themselves.
select e.*
from event e
left join logged_head h on h.stream = e.stream
where e.version > coalesce(h.version, 0)
  and not exists (select from outbox o where o.event_id = e.event_id)
order by e.stream, e.version
