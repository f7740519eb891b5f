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

-- Appends under exact versions, all or nothing, in one round trip. `reached` is the version after it.
-- Gives the streams whose version is not the expected one, with the version they have; none: all is stored.
-- Race: two writers of one stream. The row lock, taken in the order of the ids, makes the second see the first;
-- new rows are made in that order too, before any lock, so that crossing sets of streams never wait in a circle.
-- `patience`: most milliseconds to wait for such a lock, null for as long as the session would (55P03 after it).
-- The settings: statements are planned once a session, as for one row planning is most of the work; and plans made
-- while the tables are small would read them whole for ever.
create function append_events(
  streams text[], expected bigint[], reached bigint[], events json, patience integer, ring boolean
)
returns table (moved text, actual bigint)
language plpgsql
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  made text[] := '{}';
  waits text;
begin
  if patience is not null then
    waits := set_config('lock_timeout', patience::text, true);
  end if;

  if 0 = any (expected) then
    with new as (
      insert into stream as s (stream, version)
      select wanted.stream, wanted.reached
      from unnest(streams, expected, reached) as wanted (stream, expected, reached)
      where wanted.expected = 0
      order by wanted.stream collate "C"
      on conflict do nothing
      returning s.stream
    )
    select coalesce(array_agg(new.stream), '{}') into made from new;
  end if;

  if cardinality(made) < cardinality(streams) then
    return query
    select wanted.stream, coalesce(held.version, 0)
    from unnest(streams, expected) as wanted (stream, expected)
    left join (
      select s.stream, s.version from stream s where s.stream = any (streams) order by s.stream for update
    ) held on held.stream = wanted.stream
    where wanted.stream not in (select unnest(made)) and coalesce(held.version, 0) <> wanted.expected;
    if found then
      update stream s set version = 0 where s.stream = any (made);
      return;
    end if;
  end if;

  with given as materialized (
    select *
    from json_to_recordset(events) as e (
      n integer, topic text, key text, headers json, timestamp bigint, stream text, version bigint, event_id uuid,
      name text, schema_version integer, data text, occurred_at timestamptz, precision text, inferred text[],
      source text, recorded_at timestamptz, traceparent text, tracestate text, command_id text, command_hash text,
      command_index integer
    )
  ),
  stored as (
    insert into event (
      stream, version, event_id, name, schema_version, data, occurred_at, precision, inferred, source,
      recorded_at, traceparent, tracestate, command_id, command_hash, command_index
    )
    select
      stream, version, event_id, name, schema_version, data, occurred_at, precision, inferred, source,
      recorded_at, traceparent, tracestate, command_id, command_hash, command_index
    from given
  ),
  published as (
    insert into outbox (topic, key, value, headers, timestamp, event_id)
    select topic, key, convert_to(data, 'UTF8'), headers, timestamp, event_id from given order by n
  )
  update stream s
  set version = wanted.reached
  from unnest(streams, reached) as wanted (stream, reached)
  where s.stream = wanted.stream and s.version <> wanted.reached;

  if ring then
    perform pg_notify('outbox', '');
  end if;
end
$$;

-- What commands are judged by: the events of their streams, and of each command itself what it caused before.
-- In a function for its kept plan; the settings as above.
create function events_to_judge_by(streams text[], sources text[], command_ids text[])
returns table (
  found_by text, stream text, version bigint, event_id uuid, name text, data text, source text, command_id text,
  command_hash text, command_index integer
)
language plpgsql
stable
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return query
  select 'stream', e.stream, e.version, null::uuid, e.name, e.data, null, null, null, null::integer
  from event e
  where e.stream = any (streams)
  union all
  select
    'command', e.stream, e.version, e.event_id, e.name, null, e.source, e.command_id, e.command_hash, e.command_index
  from unnest(sources, command_ids) as asked (source, command_id)
  join event e on e.source = asked.source and e.command_id = asked.command_id
  order by 2, 3;
end
$$;
