-- One snapshot, so that the figures belong together.
select d.received, d.accepted, d.quarantined, d.refused, q.waiting, q.replayed, q.discarded
from door_count d
cross join (
  select
    count(*) filter (where state = 'waiting') as waiting,
    count(*) filter (where state = 'replayed') as replayed,
    count(*) filter (where state = 'discarded') as discarded
  from quarantine
) q
