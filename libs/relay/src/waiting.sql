-- Created order is id order but for transactions under way at once, which is close enough for an age.
select
  (select count(*) from outbox) as pending,
  (select extract(epoch from clock_timestamp() - created_at) from outbox order by id limit 1) as oldest_seconds
