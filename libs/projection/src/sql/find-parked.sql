select topic, partition, "offset", key, event_id, name, stream, version, state, code, reason, recorded_at, parked_at, record
from parked
where event_id::text = $1 or 'p.' || topic || '.' || partition || '.' || "offset" = $1
order by topic, partition, "offset"
limit 1
