-- $5: it is done, and with it the wishes that were folded into it, which say what its round came to.
with moved as (
  update recompute set after = coalesce($2, after), seen = seen + $3, revised = revised + $4,
         done_at = case when $5 then now() end
   where id = $1
  returning id, seen, revised, done_at
)
update recompute r set seen = m.seen, revised = m.revised, done_at = m.done_at
  from moved m where r.folded_into = m.id and m.done_at is not null
