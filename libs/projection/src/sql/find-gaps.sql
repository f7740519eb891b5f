-- One row a key that waits for a version: which one. A stream of which nothing was ever applied is no sign that the log
-- lost something: whoever writes events of streams that do not exist must not halt a partition.
select g.stream, h.version + 1 as version
from (select distinct topic, stream from parked where topic = $1 and partition = $2 and state = 'gap') g
join stream_head h on h.topic = g.topic and h.stream = g.stream
