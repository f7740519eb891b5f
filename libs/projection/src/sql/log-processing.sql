with logged as (
  insert into projection.processing_log (projection, event_id, hop) select $1, id, $3 from unnest($2::uuid[]) as id
)
select pg_notify($4, $1)
