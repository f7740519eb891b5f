-- Without data, which holds personal fields.
select event_id, source, source_id, name, team, occurred_at, occurred_precision, inferred, recorded_at, stream, version,
       visitor, person, other_person, account, other_account, lead, opportunity, campaign, actor, title,
       name = 'touch.recorded' and exists (select 1 from touch_withdrawal w where w.touch = e.event_id) as withdrawn
  from timeline_entry e
