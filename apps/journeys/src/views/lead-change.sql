-- What moved a lead, in the order of its stream. A change without a time counts from the latest time before it in the
-- stream (effective_at); null where there is none.
select e.event_id, e.source, e.lead, e.version, e.name, e.occurred_at, e.occurred_precision,
       coalesce(e.occurred_at, max(e.occurred_at) over earlier) as effective_at
  from timeline_entry e
 where e.lead is not null
   and e.name in ('lead.captured', 'lead.qualified', 'lead.offered', 'lead.accepted', 'lead.rejected',
                  'lead.offer-expired', 'lead.followed-up', 'lead.recycled', 'lead.returned', 'lead.disqualified',
                  'lead.converted')
window earlier as (partition by e.lead order by e.version)
