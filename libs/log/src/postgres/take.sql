-- The filter runs row by row and LIMIT stops it, so no more is locked than is taken.
select lock::text from unnest($1::bigint[]) as lock where pg_try_advisory_lock(lock) limit $2
