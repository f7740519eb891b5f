-- Deals and their paths as reports read them: every column.
select d.opportunity, d.outcome, d.account, d.owner, d.amount, d.currency, d.opened_at, d.closed_at, d.said,
       d.credit_events as "creditEvents", coalesce(p.touches, '[]') as touches, coalesce(p.places, '{}') as places
  from deal d
  left join lateral (
    select jsonb_agg(jsonb_build_object('touch', touch, 'person', person) order by place) as touches,
           array_agg(place order by place) as places
      from deal_touch where opportunity = d.opportunity) p on true
 where d.opportunity = any ($1::text[])
