-- Puts a stream's events from a version on aside, takes their records out of the outbox, and sets the stream back.
with gone as (
  delete from event where stream = $1 and version >= $2 returning *
),
kept as (
  insert into displaced_event (
    stream, version, event_id, name, schema_version, data, occurred_at, precision, inferred, source, recorded_at,
    traceparent, tracestate, command_id, command_hash, command_index
  )
  select
    stream, version, event_id, name, schema_version, data, occurred_at, precision, inferred, source, recorded_at,
    traceparent, tracestate, command_id, command_hash, command_index
  from gone
),
unsent as (
  delete from outbox where event_id in (select event_id from gone)
),
back as (
  update stream set version = $2 - 1 where stream = $1
)
select event_id, version::int as version, name from gone order by version
