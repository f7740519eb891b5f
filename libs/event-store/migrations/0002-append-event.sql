-- append_events for one event of one stream, which is what nearly every command leads to: half of the work of the
-- statement that takes sets. The race, the locks, `patience` and the settings are those of append_events.
-- Gives null where the event is stored; otherwise the version that the stream has, its row locked, and nothing stored.
create function append_event(
  stream text, expected bigint, event_id uuid, name text, schema_version integer, data text, occurred_at timestamptz,
  "precision" text, inferred text[], source text, recorded_at timestamptz, traceparent text, tracestate text,
  command_id text, command_hash text, command_index integer, topic text, headers json, "timestamp" bigint,
  patience integer, ring boolean
)
returns bigint
language plpgsql
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  waits text;
  actual bigint;
begin
  if patience is not null then
    waits := set_config('lock_timeout', patience::text, true);
  end if;

  if expected = 0 then
    insert into stream as s (stream, version) values (append_event.stream, 1)
    on conflict on constraint stream_pkey do update set version = 1 where s.version = 0;
  else
    update stream s set version = expected + 1 where s.stream = append_event.stream and s.version = expected;
  end if;
  if not found then
    select s.version into actual from stream s where s.stream = append_event.stream for update;
    return coalesce(actual, 0);
  end if;

  insert into event (
    stream, version, event_id, name, schema_version, data, occurred_at, precision, inferred, source,
    recorded_at, traceparent, tracestate, command_id, command_hash, command_index
  )
  values (
    stream, expected + 1, event_id, name, schema_version, data, occurred_at, "precision", inferred, source,
    recorded_at, traceparent, tracestate, command_id, command_hash, command_index
  );
  insert into outbox (topic, key, value, headers, timestamp, event_id)
  values (topic, stream, convert_to(data, 'UTF8'), headers, "timestamp", event_id);

  if ring then
    perform pg_notify('outbox', '');
  end if;
  return null;
end
$$;
