-- The deals that events can concern, too many rather than too few: who is who is followed through everything that was
-- ever said, standing or not, so that the deals a withdrawn edge led to are found as well as those a new one leads to.
-- $1 opportunities, $2 accounts, $3 persons, $4 visitors, $5 leads, $6 whether it is learnt who is who, $7 touches
with recursive
given_touch as (
  select t.visitor, t.person, t.account, t.lead, t.opportunity from evidence.touch t where t.event_id = any ($7::uuid[])
),
told_lead as (
  select unnest($5::text[]) as lead union select lead from given_touch where lead is not null
),
given_lead as (
  select l.lead, l.person, l.captured_account from told_lead join evidence.lead l on l.lead = told_lead.lead
),
-- touches that name a lead change their place with it
moved_touch as (
  select t.visitor, t.person, t.account, t.opportunity from evidence.touch t where t.lead = any ($5::text[])
  union all
  select visitor, person, account, opportunity from given_touch
),
visitor as (
  select unnest($4::text[]) as visitor union select visitor from moved_touch where visitor is not null
),
same (person) as (
  select person from (
    select unnest($3::text[]) as person
    union select a.high from visitor v join evidence.assertion a on a.low = v.visitor and a.relation = 'visitor-is-person'
    union select person from given_lead
    union select person from moved_touch
  ) seed where person is not null
  union
  select other.person from same s cross join lateral (
    select a.high as person from evidence.assertion a where a.low = s.person and a.relation = 'same-person'
    union all
    select a.low from evidence.assertion a where a.high = s.person and a.relation = 'same-person') other
),
-- A share names the person of its touch, who changes with who is who, also where the touch itself says what it counts for.
named_touch as (
  select t.account, t.lead, t.opportunity from visitor v join evidence.touch t on t.visitor = v.visitor where $6
  union select t.account, t.lead, t.opportunity from same s join evidence.touch t on t.person = s.person where $6
  union select t.account, t.lead, t.opportunity
    from same s join evidence.assertion a on a.high = s.person and a.relation = 'visitor-is-person'
    join evidence.touch t on t.visitor = a.low where $6
  union select t.account, t.lead, t.opportunity
    from same s join evidence.lead l on l.person = s.person join evidence.touch t on t.lead = l.lead where $6
),
account as (
  select account from (
    select unnest($2::text[]) as account
    union select a.high from same s join evidence.assertion a on a.low = s.person and a.relation = 'person-in-account'
    union select captured_account from given_lead
    union select l.captured_account from same s join evidence.lead l on l.person = s.person
    union select account from moved_touch
    union select account from named_touch
    union select l.captured_account from named_touch t join evidence.lead l on l.lead = t.lead
    union select o.account from evidence.opportunity o where o.opportunity = any ($1::text[])
  ) seed where account is not null
),
lead as (
  select lead from told_lead
  union select lead from named_touch
  union select l.lead from same s join evidence.lead l on l.person = s.person
  union select l.lead from account a join evidence.lead l on l.captured_account = a.account
),
deal as (
  select unnest($1::text[]) as opportunity
  union select opportunity from moved_touch
  union select opportunity from named_touch
  union select o.opportunity from account a join evidence.opportunity o on o.account = a.account
  union select lo.opportunity from lead l join evidence.lead_opportunity lo on lo.lead = l.lead
  union select c.opportunity from same s join evidence.opportunity_contact c on c.person = s.person
)
select d.opportunity
  from deal d join evidence.opportunity o on o.opportunity = d.opportunity
 order by d.opportunity collate "C"
