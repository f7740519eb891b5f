-- The fence (I5). The row lock serialises a frozen owner and its successor before any work is done; zero rows
-- means that another owner moved the position, or that another build went live meanwhile.
with build as (
  select 1 from projection.build where schema = $1 and state = any ($2::text[]) for share
)
update position
set next_offset = $6, fingerprint = $7, updated_at = now()
where topic = $3 and partition = $4 and next_offset = $5 and exists (select 1 from build)
