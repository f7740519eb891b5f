select moved, actual from append_events($1::text[], $2::bigint[], $3::json, $4::boolean)
