-- Deals as of an instant ($1), as they are known now: what closed later was open then, and what was reopened since is
-- open. A close known to the day or month is at its end (UTC); one that nobody dated was before. Amounts are the last
-- that were told, whatever the outcome and the currency.
select d.opportunity, d.amount, d.currency, d.closed_at, o.closed_precision, coalesce(p.channels, '{}') as channels,
       case when d.closed_at is null or end_of_moment(d.closed_at, o.closed_precision) <= $1 then d.outcome
            else 'open' end as outcome
  from deal d
  join evidence.opportunity o on o.opportunity = d.opportunity
  left join (
    select p.opportunity, array_agg(t.channel order by p.place) as channels
      from deal_touch p join evidence.touch t on t.event_id = p.touch group by p.opportunity) p
    on p.opportunity = d.opportunity
 where d.opened_at is null or d.opened_at <= $1
 order by d.opportunity collate "C"
