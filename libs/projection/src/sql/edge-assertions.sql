select a.event_id, a.relation, a.low, a.high, a.says, a.occurred_at, a.payload_hash
from unnest($1::text[], $2::text[], $3::text[]) as e (relation, low, high)
join identity_assertion a on a.relation = e.relation and a.low = e.low and a.high = e.high
