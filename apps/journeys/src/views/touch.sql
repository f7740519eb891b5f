select t.event_id, t.source, t.source_id, t.occurred_at, t.occurred_precision, t.inferred, t.recorded_at,
       t.kind, t.type, t.team, t.channel, t.campaign, t.utm, t.asset, t.asset_title, t.asset_stage, t.actor, t.url,
       t.cost_amount, t.cost_currency, t.attributes,
       t.visitor, t.person, t.account, t.lead, t.opportunity,
       named.person as placed_person, placed.account as placed_account,
       case when placed.account is not null then 'account' when named.person is not null then 'person'
            when t.visitor is not null then 'visitor' else 'nobody' end as placed,
       exists (select 1 from touch_withdrawal w where w.touch = t.event_id) as withdrawn
  from touch t
