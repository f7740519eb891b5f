select topic, partition, "offset", key, event_id, name, stream, version, state, code, reason, recorded_at, parked_at
from parked
where (topic, partition, "offset") > ($1, $2::int, $3::bigint) and ($5::text is null or state = $5)
order by topic, partition, "offset"
limit $4
