with repeats as (
  insert into repeat select * from json_populate_recordset(null::repeat, $1::json) returning standing
)
update entry e set duplicates = e.duplicates + r.times
from (select standing, count(*)::int as times from repeats group by standing) r
where e.event_id = r.standing
