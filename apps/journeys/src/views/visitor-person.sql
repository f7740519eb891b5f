select v.visitor, v.since, v.until, v.person, coalesce(a.canonical, v.person) as canonical
  from visitor_person v left join person_alias a on a.person = v.person
