select moved, actual
from append_events($1::text[], $2::bigint[], $3::bigint[], $4::json, $5::integer, $6::boolean, $7::bigint)
