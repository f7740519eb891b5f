-- The last millisecond (UTC) of what is known to the day or month; else the instant itself. Every step is immutable, which
-- an addition to an instant is not: so it is planned as if it were written where it is asked.
create function end_of_moment(at timestamptz, known_to text) returns timestamptz
language sql immutable parallel safe
return case known_to
         when 'day' then ((at at time zone 'UTC') + interval '1 day' - interval '1 millisecond') at time zone 'UTC'
         when 'month' then (date_trunc('month', at at time zone 'UTC') + interval '1 month' - interval '1 millisecond')
                           at time zone 'UTC'
         else at end;
