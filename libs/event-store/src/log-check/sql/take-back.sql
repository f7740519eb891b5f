-- Stores events as the log has them: nothing is put into the outbox.
with given as (
  select *
  from json_to_recordset($1::json) as e (
    stream text, version bigint, event_id uuid, name text, schema_version integer, data text, occurred_at timestamptz,
    precision text, inferred text[], source text, recorded_at timestamptz, traceparent text, tracestate text,
    command_id text, command_hash text, command_index integer
  )
),
stored as (
  insert into event (
    stream, version, event_id, name, schema_version, data, occurred_at, precision, inferred, source, recorded_at,
    traceparent, tracestate, command_id, command_hash, command_index
  )
  select
    stream, version, event_id, name, schema_version, data, occurred_at, precision, inferred, source, recorded_at,
    traceparent, tracestate, command_id, command_hash, command_index
  from given
)
insert into stream as s (stream, version)
select stream, max(version) from given group by stream order by stream collate "C"
on conflict (stream) do update set version = excluded.version
