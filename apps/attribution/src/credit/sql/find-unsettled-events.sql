-- Events of which the evidence holds nothing yet (waiting), which it parked, or under whose id it was sent another content
-- as well (contested).
select event_id, state
  from (select given.event_id,
               case when waits.discarded is not true
                         and not exists (select from evidence.entry e where e.event_id = given.event_id)
                    then case when waits.event_id is null then 'waiting' else 'parked' end
                    when exists (select from evidence.contested c where c.event_id = given.event_id)
                    then 'contested' end as state
          from unnest($1::uuid[]) as given (event_id)
          left join lateral (
            select p.event_id, bool_or(p.state = 'discarded') as discarded
              from evidence.parked p where p.event_id = given.event_id group by p.event_id) waits on true) found
 where state is not null
