select found_by, stream, version, event_id, name, data, source, command_id, command_hash, command_index
from events_to_judge_by($1::text[], $2::text[], $3::text[])
