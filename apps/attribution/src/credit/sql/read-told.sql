-- The last that was said of each deal under each model, and how often anything was said of the deal.
select distinct on (e.stream, said.model) e.stream as opportunity, said.model, e.event_id as "eventId", e.data as said,
       count(*) over (partition by e.stream)::int as times
  from event e cross join lateral (select e.data::jsonb #>> '{model,id}' as model) said
 where e.stream = any ($1::text[]) and e.name in ('credit.assigned', 'credit.revised')
 order by e.stream, said.model, e.version desc
