-- Events that credit cannot be concluded from yet: the evidence neither holds them nor was told to give them up.
select given.event_id, waits.event_id is not null as parked
  from unnest($1::uuid[]) as given (event_id)
  left join lateral (
    select p.event_id, bool_or(p.state = 'discarded') as discarded
      from evidence.parked p where p.event_id = given.event_id group by p.event_id) waits on true
 where not exists (select 1 from evidence.entry e where e.event_id = given.event_id)
   and waits.discarded is not true
