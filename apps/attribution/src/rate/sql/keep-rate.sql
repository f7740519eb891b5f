insert into exchange_rate (from_currency, to_currency, day, rate, factor, set_by, set_at, event_id)
values ($1, $2, $3::date, $4, $5::numeric, $6, $7, $8)
on conflict (from_currency, to_currency, day) do update
   set rate = excluded.rate, factor = excluded.factor, set_by = excluded.set_by, set_at = excluded.set_at,
       event_id = excluded.event_id
