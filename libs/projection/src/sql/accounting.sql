select p.topic, p.partition, p.next_offset as accepted,
       coalesce(e.events, 0) as applied, coalesce(r.events, 0) as duplicates, coalesce(r.conflicts, 0) as conflicts,
       coalesce(k.events, 0) as parked, coalesce(k.discarded, 0) as discarded
from position p
left join (select topic, partition, count(*)::int as events from entry group by 1, 2) e using (topic, partition)
left join (
  select topic, partition, count(*)::int as events, count(*) filter (where conflict)::int as conflicts
  from repeat group by 1, 2
) r using (topic, partition)
left join (
  select topic, partition, count(*)::int as events, count(*) filter (where state = 'discarded')::int as discarded
  from parked group by 1, 2
) k using (topic, partition)
order by p.topic, p.partition
