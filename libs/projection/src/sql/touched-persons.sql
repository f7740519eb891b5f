select unnest($1::text[]) as person
union
select other.person
from person_alias mine join person_alias other on other.canonical = mine.canonical
where mine.person = any ($1::text[])
