-- The last that was said of each deal under each model, and how often anything was said of the deal. What did not fit into
-- one event goes on in those that follow it in the stream.
select told.opportunity, told.model, told."eventId", told.said, told.times, coalesce(more.said, '{}') as more
  from (select distinct on (e.stream, said.model) e.stream as opportunity, said.model, e.event_id as "eventId",
               e.data as said, e.version, said.parts, count(*) over (partition by e.stream)::int as times
          from event e
         cross join lateral (select e.data::jsonb #>> '{model,id}' as model, (e.data::jsonb ->> 'parts')::int as parts) said
         where e.stream = any ($1::text[]) and e.name in ('credit.assigned', 'credit.revised')
         order by e.stream, said.model, e.version desc) told
  left join lateral (
    select array_agg(c.data order by c.version) as said
      from event c
     where told.parts > 1 and c.stream = told.opportunity and c.name = 'credit.continued'
       and c.version > told.version and c.version < told.version + told.parts) more on true
