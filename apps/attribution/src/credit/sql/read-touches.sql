-- The touches that may belong to deals: what names the deal or one of its leads, what is of its accounts, and what is of
-- its persons and of the members of its accounts, under whichever of their ids. What names another deal is that deal's.
with deal as (
  select opportunity, account from evidence.opportunity where opportunity = any ($1::text[])
),
deal_lead as (
  select distinct d.opportunity, lo.lead from deal d join evidence.lead_opportunity lo on lo.opportunity = d.opportunity
),
deal_account as (
  select opportunity, account from deal where account is not null
  union
  select d.opportunity, l.captured_account
    from deal d join deal_lead dl on dl.opportunity = d.opportunity join evidence.lead l on l.lead = dl.lead
   where d.account is null and l.captured_account is not null
),
named as (
  select dl.opportunity, l.person from deal_lead dl join evidence.lead l on l.lead = dl.lead
  union
  select d.opportunity, c.person from deal d join evidence.opportunity_contact c on c.opportunity = d.opportunity
  union
  select da.opportunity, m.member from deal_account da
    join evidence.membership m on m.account = da.account and m.kind = 'person'
),
canonical as (
  select distinct n.opportunity, coalesce(a.canonical, n.person) as person
    from named n left join evidence.person_alias a on a.person = n.person where n.person is not null
),
person as (
  select opportunity, person from canonical
  union
  select c.opportunity, a.person from canonical c join evidence.person_alias a on a.canonical = c.person
),
lead as (
  select opportunity, lead from deal_lead
  union select da.opportunity, l.lead from deal_account da join evidence.lead l on l.captured_account = da.account
  union select p.opportunity, l.lead from person p join evidence.lead l on l.person = p.person
),
candidate as (
  select d.opportunity, t.event_id from deal d join evidence.touch t on t.opportunity = d.opportunity
  union select l.opportunity, t.event_id from lead l join evidence.touch t on t.lead = l.lead
  union select da.opportunity, t.event_id from deal_account da join evidence.touch t on t.account = da.account
  union select p.opportunity, t.event_id from person p join evidence.touch t on t.person = p.person
  union select p.opportunity, t.event_id
    from (select distinct p.opportunity, v.visitor from person p join evidence.visitor_person v on v.person = p.person) p
    join evidence.touch t on t.visitor = p.visitor
)
select c.opportunity, c.event_id as touch, t.occurred_at, t.kind, t.channel, t.person, t.account, t.lead,
       t.opportunity is not null as named
  from candidate c
  -- each touch is placed by itself (offset 0): joined as a whole, every touch there is would be placed
 cross join lateral (select * from evidence.placed_touch p where p.event_id = c.event_id offset 0) t
 where t.opportunity is null or t.opportunity = c.opportunity
