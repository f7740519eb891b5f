with alias as (
  select * from unnest($2::text[], $3::text[]) as a (person, canonical)
), gone as (
  delete from person_alias where person = any ($1::text[]) and person <> all ($2::text[])
)
insert into person_alias select person, canonical from alias
on conflict (person) do update set canonical = excluded.canonical
