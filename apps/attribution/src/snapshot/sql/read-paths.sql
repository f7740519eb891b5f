-- Deals as of an instant: what closed later was open then. Amounts are kept where the deal was won and its currency is
-- the one that is asked for; null stands for any.
select d.opportunity, case when d.closed_at <= $1 then d.outcome else 'open' end as outcome, d.amount, d.currency,
       coalesce(p.channels, '{}') as channels
  from deal d
  left join lateral (
    select array_agg(t.channel order by p.place) as channels
      from deal_touch p join evidence.touch t on t.event_id = p.touch where p.opportunity = d.opportunity) p on true
 where d.opened_at is null or d.opened_at <= $1
 order by d.opportunity collate "C"
