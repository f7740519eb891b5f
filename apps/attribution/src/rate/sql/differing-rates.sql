-- Pairs and days of which the row that reports convert by is not what was said last; `rate` null: none stands.
-- $1: how many digits minor units have, by currency. One statement, since a rate's event and row commit together.
with said as (
  select distinct on (e.stream, it.data ->> 'day')
         it.data ->> 'from' as from_currency, it.data ->> 'to' as to_currency, (it.data ->> 'day')::date as day,
         it.data ->> 'rate' as rate, it.data ->> 'by' as set_by, e.recorded_at as set_at, e.event_id
    from event e cross join lateral (select e.data::jsonb as data) it
   where e.name in ('exchange-rate.set', 'exchange-rate.withdrawn')
   order by e.stream, it.data ->> 'day', e.version desc
),
told as (
  select s.*, s.rate::numeric
           * ('1e' || (coalesce($1::jsonb ->> s.to_currency, '0')::int - coalesce($1::jsonb ->> s.from_currency, '0')::int))::numeric as factor
    from said s where s.rate is not null
)
select from_currency as "from", to_currency as "to", day::text as day, t.rate, t.factor::text as factor, t.set_by as "by",
       t.set_at as "setAt", t.event_id as "eventId"
  from told t full join exchange_rate r using (from_currency, to_currency, day)
 where to_jsonb(t) is distinct from to_jsonb(r)
 order by from_currency collate "C", to_currency collate "C", day
