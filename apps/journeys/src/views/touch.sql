-- Whose a touch is: as it says itself, else its lead's person, else the visitor's link at that time. A membership
-- that starts later still places what came before it, so that anonymous time belongs to the account; what comes after
-- its end is placed nowhere. The same rules in memory: timeline/journey.state.ts.
select t.event_id, t.source, t.source_id, t.occurred_at, t.occurred_precision, t.inferred, t.recorded_at,
       t.kind, t.type, t.team, t.channel, t.campaign, t.utm, t.asset, t.asset_title, t.asset_stage, t.actor, t.url,
       t.cost_amount, t.cost_currency, t.attributes,
       t.visitor, t.person, t.account, t.lead, t.opportunity,
       named.person as placed_person, placed.account as placed_account,
       case when placed.account is not null then 'account' when named.person is not null then 'person'
            when t.visitor is not null then 'visitor' else 'nobody' end as placed
  from touch t
  left join lead l on l.lead = t.lead
  left join opportunity o on o.opportunity = t.opportunity
  left join visitor_person v on t.person is null and l.person is null and v.visitor = t.visitor
       and coalesce(t.occurred_at, 'infinity') >= v.since
       and (v.until is null or coalesce(t.occurred_at, 'infinity') < v.until)
  left join person_alias a on a.person = coalesce(t.person, l.person, v.person)
 cross join lateral (select coalesce(a.canonical, t.person, l.person, v.person) as person) named
  left join lateral (
    select m.account
      from analytics_v1.person_account m
     where m.canonical = named.person
       and (m.until > coalesce(t.occurred_at, 'infinity') or m.until is null and not (m.ended and t.occurred_at is null))
     order by m.since > coalesce(t.occurred_at, 'infinity'),
              case when m.since <= coalesce(t.occurred_at, 'infinity') then m.since end desc,
              m.since, m.account collate "C"
     limit 1) member on true
 cross join lateral (select coalesce(t.account, o.account, l.captured_account, member.account) as account) placed
