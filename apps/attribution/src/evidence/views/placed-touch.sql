select t.event_id, t.occurred_at, t.occurred_precision, t.kind, t.type, t.team, t.channel, t.campaign, t.asset, t.actor,
       t.lead, t.opportunity, named.person, placed.account
  from touch t
