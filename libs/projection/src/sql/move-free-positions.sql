-- The fence (I5) for several partitions at once. A row that is locked is passed over: its owner may be frozen, and the
-- others must not wait for it. What is not returned was not moved.
with build as (
  select 1 from projection.build where schema = $1 and state = any ($2::text[]) for share
), batch as (
  select * from unnest($3::text[], $4::int[], $5::bigint[], $6::bigint[], $7::text[])
    as b (topic, partition, first_offset, next_offset, fingerprint)
), free as (
  select p.topic, p.partition from position p join batch b using (topic, partition)
  where p.next_offset = b.first_offset and exists (select 1 from build)
  order by p.topic, p.partition
  for update of p skip locked
)
update position p
set next_offset = b.next_offset, fingerprint = b.fingerprint, updated_at = now()
from batch b join free f using (topic, partition)
where p.topic = b.topic and p.partition = b.partition
returning p.topic, p.partition
