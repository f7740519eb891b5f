select p.topic, p.partition, p.next_offset - coalesce(t.offsets, 0) as accepted,
       coalesce(e.events, 0) as applied, coalesce(r.events, 0) as duplicates, coalesce(r.conflicts, 0) as conflicts,
       coalesce(k.events, 0) as parked, coalesce(k.discarded, 0) as discarded,
       coalesce(u.records, 0) as unreadable, coalesce(u.discarded, 0) as "unreadableDiscarded",
       coalesce(t.offsets, 0)::int as transaction
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
left join (
  select topic, partition, sum(next_offset - first_offset)::int as records,
    coalesce(sum(next_offset - first_offset) filter (where discarded), 0)::int as discarded
  from unreadable group by 1, 2
) u using (topic, partition)
left join transaction_offsets t using (topic, partition)
order by p.topic, p.partition
