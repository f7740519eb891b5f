-- Won: the first won of the deals that the lead became. Days are calendar days of the UTC dates as written.
-- A lead stays one though the touch that captured it is withdrawn; of which asset it came is then not known.
select l.*, coalesce(l.captured_account, member.account) as account, acc.industry, acc.country,
       t.asset, won.opportunity is not null as won, won.opportunity as won_opportunity,
       won.won_at, won.won_precision, won.owner as closer,
       case when l.captured_precision in ('instant', 'day') and won.won_precision in ('instant', 'day')
            then (won.won_at at time zone 'UTC')::date - (l.captured_at at time zone 'UTC')::date end as days_to_won
  from lead l
  left join lateral (
    select o.opportunity, o.won_at, o.won_precision, o.owner
      from lead_opportunity lo join opportunity o on o.opportunity = lo.opportunity
     where lo.lead = l.lead and o.status = 'won'
     order by o.won_at, o.opportunity collate "C" limit 1) won on true
  left join lateral (
    select t.asset from touch t
     where (t.source_id = l.touch and t.source = l.source
            or t.event_id = case when l.touch ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then l.touch::uuid end)
       and not exists (select 1 from touch_withdrawal w where w.touch = t.event_id)
     order by t.event_id limit 1) t on l.touch is not null
  left join person_alias a on a.person = l.person
  left join lateral (
    select m.account from analytics_v1.person_account m
     where m.canonical = coalesce(a.canonical, l.person)
       and (m.until > coalesce(l.captured_at, 'infinity') or m.until is null and not (m.ended and l.captured_at is null))
     order by m.since > coalesce(l.captured_at, 'infinity'),
              case when m.since <= coalesce(l.captured_at, 'infinity') then m.since end desc,
              m.since, m.account collate "C"
     limit 1) member on l.captured_account is null
  left join account acc on acc.account = coalesce(l.captured_account, member.account)
