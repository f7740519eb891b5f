-- One row a key that waits for a version: which one.
select g.stream, coalesce(h.version, 0) + 1 as version
from (select distinct topic, stream from parked where topic = $1 and partition = $2 and state = 'gap') g
left join stream_head h on h.topic = g.topic and h.stream = g.stream
