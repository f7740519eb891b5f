-- Deals as of an instant ($1), as they are known now: what closed later was open then, and what was reopened since is
-- open. A close known to the day or month is at its end (UTC); one that nobody dated was before. Amounts are the last
-- that were told, whatever the outcome and the currency.
select d.opportunity, d.amount, d.currency, d.closed_at, o.closed_precision, coalesce(p.channels, '{}') as channels,
       case when d.closed_at is null or closed.at <= $1 then d.outcome else 'open' end as outcome
  from deal d
  join evidence.opportunity o on o.opportunity = d.opportunity
 cross join lateral (
    select case o.closed_precision
             when 'day' then d.closed_at + interval '1 day' - interval '1 millisecond'
             when 'month' then (date_trunc('month', d.closed_at at time zone 'UTC') + interval '1 month')
                               at time zone 'UTC' - interval '1 millisecond'
             else d.closed_at end as at) closed
  left join lateral (
    select array_agg(t.channel order by p.place) as channels
      from deal_touch p join evidence.touch t on t.event_id = p.touch where p.opportunity = d.opportunity) p on true
 where d.opened_at is null or d.opened_at <= $1
 order by d.opportunity collate "C"
