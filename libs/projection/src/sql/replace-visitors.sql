with old as (delete from visitor_person where visitor = any ($1::text[]) and not exists (
  select 1 from json_populate_recordset(null::visitor_person, $2::json) n
  where n.visitor = visitor_person.visitor and n.since = visitor_person.since
))
insert into visitor_person
select * from json_populate_recordset(null::visitor_person, $2::json)
on conflict (visitor, since) do update set until = excluded.until, person = excluded.person
