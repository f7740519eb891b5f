  left join lead l on l.lead = t.lead
  left join opportunity o on o.opportunity = t.opportunity
  left join visitor_person v on t.person is null and l.person is null and v.visitor = t.visitor
       and coalesce(t.occurred_at, 'infinity') >= v.since
       and (v.until is null or coalesce(t.occurred_at, 'infinity') < v.until)
  left join person_alias a on a.person = coalesce(t.person, l.person, v.person)
 cross join lateral (select coalesce(a.canonical, t.person, l.person, v.person) as person) named
  left join lateral (
    select m.account
      from (select named.person as member
             union select same.person from person_alias same where same.canonical = named.person) who
      join membership m on m.kind = 'person' and m.member = who.member
     where m.until > coalesce(t.occurred_at, 'infinity') or m.until is null and not (m.ended and t.occurred_at is null)
     order by m.since > coalesce(t.occurred_at, 'infinity'),
              case when m.since <= coalesce(t.occurred_at, 'infinity') then m.since end desc,
              m.since, m.account collate "C"
     limit 1) member on true
 cross join lateral (select coalesce(t.account, o.account, l.captured_account, member.account) as account) placed
