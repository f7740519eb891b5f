-- The oldest wish that is open, for one worker at a time.
select id, closed_from, mends, after from recompute where done_at is null and folded_into is null
 order by id limit 1 for update skip locked
