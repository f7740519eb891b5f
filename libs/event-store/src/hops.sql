-- Where an event has been in this service, without sampling: decided, waiting for the relay, and what was noted.
select 'stored' as hop, recorded_at as at, null as topic, null::integer as partition, null::bigint as "offset"
from event where event_id = $1
union all
select 'waiting', created_at, topic, null, null from outbox where event_id = $1
union all
select hop, at, topic, partition, "offset" from processing_log where event_id = $1
order by at
