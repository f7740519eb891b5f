-- What stands in the evidence under the ids of facts ($1): an edge, or the touch that a withdrawal takes back; under those
-- that are no touches as they came here ($2) a touch.
select a.relation, a.low, a.high, null::uuid as touch from evidence.assertion a where a.event_id = any ($1::uuid[])
union all
select null, null, null, w.touch from evidence.touch_withdrawal w where w.event_id = any ($1::uuid[])
union all
select null, null, null, t.event_id from evidence.touch t where t.event_id = any ($2::uuid[])
