select event_id, relation, low, high, says, occurred_at, payload_hash
from identity_assertion where relation = 'visitor-is-person' and low = any ($1::text[])
