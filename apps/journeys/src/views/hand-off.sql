-- One row per hand-off with its one answer (null while open), and whether sales touched the lead before the next offer.
-- An offer that starts no clock is never late.
select o.event_id, o.source, o.lead, o.hand_off, o.version, o.offered_to, o.offered_by, o.rule, o.rule_version,
       o.occurred_at as offered_at, o.occurred_precision as offered_precision, o.clock,
       case when o.clock then o.answer_due end as answer_due,
       case when o.clock then o.first_touch_due end as first_touch_due,
       a.answer, a.answered_by, a.reason, a.occurred_at as answered_at, a.occurred_precision as answered_precision,
       case when o.occurred_precision in ('instant', 'day') and a.occurred_precision in ('instant', 'day')
            then (a.occurred_at at time zone 'UTC')::date - (o.occurred_at at time zone 'UTC')::date end
         as days_to_answer,
       f.occurred_at as first_touch_at,
       case when f.event_id is null then 'none'
            when not o.clock or o.first_touch_due is null then 'in time'
            when f.occurred_at is null then 'undated'
            when f.occurred_at <= o.first_touch_due then 'in time'
            else 'late' end as touch,
       l.channel, l.campaign, l.product_line, m.office, m.manager
  from hand_off_offer o
  left join lateral (
    select min(n.version) as version from hand_off_offer n where n.lead = o.lead and n.version > o.version) next on true
  left join lateral (
    select * from hand_off_answer a
     where a.lead = o.lead and a.version > o.version
       and (a.hand_off = o.hand_off or a.hand_off is null and (next.version is null or a.version < next.version))
     order by a.version limit 1) a on true
  left join lateral (
    select * from lead_follow_up f
     where f.lead = o.lead and f.version > o.version and (next.version is null or f.version < next.version)
     order by f.version limit 1) f on true
  left join lead l on l.lead = o.lead
  left join member m on m.member = o.offered_to
