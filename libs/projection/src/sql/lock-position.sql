with build as (
  select 1 from projection.build where schema = $1 and state = any ($2::text[]) for share
)
select next_offset from position
where topic = $3 and partition = $4 and exists (select 1 from build)
for update
