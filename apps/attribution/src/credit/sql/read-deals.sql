-- Deals as they are now, with what places touches on them: accounts, committee, persons and instants of their leads.
-- Persons are canonical. Other deals won with the same account end journeys where a model says so.
select o.opportunity, o.status as outcome, o.account, o.owner, o.amount, o.currency,
       o.opened_at, o.opened_precision, o.closed_at, o.closed_precision,
       coalesce(l.leads, '{}') as leads, coalesce(l.persons, '{}') as lead_persons,
       l.first_at as lead_at, l.first_precision as lead_precision, coalesce(l.captures, '[]') as captures, o.reopened,
       case when o.account is null then coalesce(l.accounts, '{}') else array[o.account] end as accounts,
       coalesce(c.contacts, '{}') as contacts, coalesce(w.won, '[]') as won_before
  from evidence.opportunity o
  left join lateral (
    select array_agg(named.lead order by named.lead collate "C") as leads,
           array_agg(coalesce(a.canonical, l.person) order by l.captured_at, named.lead collate "C")
             filter (where l.person is not null) as persons,
           array_agg(l.captured_account order by l.captured_at, named.lead collate "C")
             filter (where l.captured_account is not null) as accounts,
           jsonb_agg(jsonb_build_object('at', l.captured_at, 'precision', l.captured_precision) order by named.lead collate "C")
             filter (where l.lead is not null) as captures,
           (array_agg(l.captured_at order by l.captured_at, l.captured_precision))[1] as first_at,
           (array_agg(l.captured_precision order by l.captured_at, l.captured_precision))[1] as first_precision
      from (select distinct lo.lead from evidence.lead_opportunity lo where lo.opportunity = o.opportunity) named
      left join evidence.lead l on l.lead = named.lead
      left join evidence.person_alias a on a.person = l.person) l on true
  left join lateral (
    select array_agg(coalesce(a.canonical, it.contact ->> 'person') order by it.place) as contacts
      from jsonb_array_elements(o.contacts) with ordinality as it (contact, place)
      left join evidence.person_alias a on a.person = it.contact ->> 'person') c on true
  left join lateral (
    select jsonb_agg(jsonb_build_object('opportunity', s.opportunity, 'at', s.closed_at, 'precision', s.closed_precision)
                     order by s.opportunity collate "C") as won
      from evidence.opportunity s
     where s.account = o.account and s.opportunity <> o.opportunity and s.status = 'won') w on true
 where o.opportunity = any ($1::text[])
 order by o.opportunity collate "C"
