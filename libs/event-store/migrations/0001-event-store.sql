-- The version of every stream; its row is the lock of the stream. Version 0: asked for, never written.
create table stream (
  stream text collate "C" primary key,
  version bigint not null check (version >= 0)
);

-- What was decided, for ever. `data` is the canonical text that was published, byte for byte.
create table event (
  stream text collate "C" not null,
  version bigint not null check (version > 0),
  event_id uuid not null constraint event_id_once unique,
  name text not null,
  schema_version integer not null,
  data text not null,
  occurred_at timestamptz,
  precision text not null,
  inferred text[] not null,
  source text not null,
  recorded_at timestamptz not null,
  traceparent text,
  tracestate text,
  command_id text not null,
  command_hash text not null,
  command_index integer not null,
  primary key (stream, version),
  constraint event_command_once unique (source, command_id, command_index)
);

-- Records ready for the log. Ids are drawn under the stream's lock, so id order is version order within a key.
create table outbox (
  id bigint generated always as identity primary key,
  topic text not null,
  key text not null,
  value bytea not null,
  headers json not null,
  timestamp bigint not null,
  event_id uuid not null,
  created_at timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create index outbox_event on outbox (event_id);

-- One row for each event and hop: where an event has been, answered without sampling.
create table processing_log (
  event_id uuid not null,
  hop text not null,
  at timestamptz not null,
  topic text,
  partition integer,
  "offset" bigint
);
create index processing_log_event on processing_log (event_id);
create index processing_log_at on processing_log using brin (at);

-- Appends under exact versions, all or nothing, in one round trip.
-- Gives the streams whose version is not the expected one, with the version they have; none: all is stored.
-- Race: two writers of one stream. The row lock, taken in the order of the ids, makes the second see the first;
-- new rows are made in that order too, before any lock, so that crossing sets of streams never wait in a circle.
create function append_events(streams text[], versions bigint[], events json, ring boolean)
returns table (moved text, actual bigint)
language plpgsql
as $$
begin
  insert into stream (stream, version)
  select wanted.stream, 0
  from unnest(streams, versions) as wanted (stream, expected)
  where wanted.expected = 0
  order by wanted.stream collate "C"
  on conflict do nothing;

  perform 1 from stream s where s.stream = any (streams) order by s.stream for update;

  return query
  select wanted.stream, coalesce(s.version, 0)
  from unnest(streams, versions) as wanted (stream, expected)
  left join stream s on s.stream = wanted.stream
  where coalesce(s.version, 0) <> wanted.expected;
  if found then
    return;
  end if;

  insert into event (
    stream, version, event_id, name, schema_version, data, occurred_at, precision, inferred, source,
    recorded_at, traceparent, tracestate, command_id, command_hash, command_index
  )
  select
    e.stream, e.version, e.event_id, e.name, e.schema_version, e.data, e.occurred_at, e.precision, e.inferred,
    e.source, e.recorded_at, e.traceparent, e.tracestate, e.command_id, e.command_hash, e.command_index
  from json_to_recordset(events) as e (
    stream text, version bigint, event_id uuid, name text, schema_version integer, data text,
    occurred_at timestamptz, precision text, inferred text[], source text, recorded_at timestamptz,
    traceparent text, tracestate text, command_id text, command_hash text, command_index integer
  );

  insert into outbox (topic, key, value, headers, timestamp, event_id)
  select e.topic, e.key, convert_to(e.data, 'UTF8'), e.headers, e.timestamp, e.event_id
  from json_to_recordset(events) as e (
    n integer, topic text, key text, data text, headers json, timestamp bigint, event_id uuid
  )
  order by e.n;

  update stream s
  set version = written.version
  from (
    select e.stream, max(e.version) as version
    from json_to_recordset(events) as e (stream text, version bigint)
    group by e.stream
  ) written
  where s.stream = written.stream;

  if ring then
    perform pg_notify('outbox', '');
  end if;
end
$$;
