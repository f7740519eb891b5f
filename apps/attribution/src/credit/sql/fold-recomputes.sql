-- One round for all wishes that have not begun: each wants every deal that closed from an instant on (null: all there
-- are), so a round from the earliest of these does for all, which mends rows where one of them wants that. Each keeps its
-- row and its reason, and is done with $1. What another worker holds begins there.
with other as (
  select id, closed_from, mends from recompute
   where id <> $1 and done_at is null and folded_into is null and after is null
   order by id for update skip locked
),
folded as (
  update recompute r set folded_into = $1 from other where r.id = other.id
)
update recompute r
   set closed_from = case
         when r.closed_from is null or exists (select 1 from other where other.closed_from is null) then null
         else least(r.closed_from, (select min(other.closed_from) from other)) end,
       mends = r.mends or exists (select 1 from other where other.mends)
 where r.id = $1
returning closed_from, mends
