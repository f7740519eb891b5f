-- Without data, which holds personal fields.
select event_id, source, source_id, name, team, occurred_at, occurred_precision, inferred, recorded_at, stream, version,
       visitor, person, other_person, account, other_account, lead, opportunity, campaign, actor, title
  from timeline_entry
