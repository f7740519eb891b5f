update recompute set after = coalesce($2, after), seen = seen + $3, revised = revised + $4,
       done_at = case when $5 then now() end
 where id = $1
