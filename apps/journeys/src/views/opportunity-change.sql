-- What changed status, stage, owner or amount of an opportunity, in the order of its stream. A change without a time
-- counts from the latest time before it in the stream (effective_at); null where there is none.
select e.event_id, e.source, e.opportunity, e.version, e.name, e.occurred_at, e.occurred_precision,
       coalesce(e.occurred_at, max(e.occurred_at) over earlier) as effective_at,
       case e.name when 'opportunity.won' then 'won' when 'opportunity.lost' then 'lost'
            when 'opportunity.opened' then 'open' when 'opportunity.reopened' then 'open' end as status,
       case e.name when 'opportunity.opened' then e.data ->> 'stage' when 'opportunity.reopened' then e.data ->> 'stage'
            when 'opportunity.stage-changed' then e.data ->> 'to' end as stage,
       case e.name when 'opportunity.opened' then e.data ->> 'owner'
            when 'opportunity.owner-changed' then e.data ->> 'to' end as owner,
       e.name in ('opportunity.opened', 'opportunity.owner-changed') as sets_owner,
       (case when e.name = 'opportunity.amount-changed' then e.data -> 'to' else e.data -> 'amount' end
          ->> 'amount')::bigint as amount,
       case when e.name = 'opportunity.amount-changed' then e.data -> 'to' else e.data -> 'amount' end
          ->> 'currency' as currency,
       e.name in ('opportunity.opened', 'opportunity.amount-changed')
         or e.name = 'opportunity.won' and e.data -> 'amount' <> 'null' as sets_amount
  from timeline_entry e
 where e.opportunity is not null
   and e.name in ('opportunity.opened', 'opportunity.stage-changed', 'opportunity.owner-changed',
                  'opportunity.amount-changed', 'opportunity.won', 'opportunity.lost', 'opportunity.reopened')
window earlier as (partition by e.opportunity order by e.version)
