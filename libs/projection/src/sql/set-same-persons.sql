with edge as (
  select * from unnest($1::text[], $2::text[], $3::boolean[]) as e (low, high, holds)
), gone as (
  delete from same_person s using edge e where s.low = e.low and s.high = e.high and not e.holds
)
insert into same_person select low, high from edge where holds on conflict do nothing
