select m.member as person, coalesce(a.canonical, m.member) as canonical, m.account, m.since, m.until, m.ended
  from membership m left join person_alias a on a.person = m.member
 where m.kind = 'person'
