update deal d set credit_events = d.credit_events + more.events
  from unnest($1::text[], $2::int[]) as more (opportunity, events)
 where d.opportunity = more.opportunity
