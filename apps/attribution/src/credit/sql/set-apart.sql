-- Tried again after 2 s, 4 s, 8 s and so on, at most a minute.
insert into due_deal (opportunity, failures, not_before, error)
values ($1, 1, clock_timestamp() + interval '2 seconds', $2)
on conflict (opportunity) do update
   set failures = due_deal.failures + 1, error = excluded.error,
       not_before = clock_timestamp() + least(60, 2 ^ least(due_deal.failures + 1, 6)) * interval '1 second'
