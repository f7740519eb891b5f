-- The store held against its log (I1, decision 24). All of it is restored together with the events, so that a store which
-- was taken from a backup reads again what came since, and finds which of it it lacks.

-- How far the service's own topics have been compared.
create table logged_position (
  topic text not null,
  partition integer not null,
  next_offset bigint not null,
  -- of the record before it; null: unknown
  fingerprint text,
  primary key (topic, partition)
);

-- The highest version of each stream that its topic holds.
create table logged_head (
  stream text collate "C" primary key,
  version bigint not null
);

-- First occurrences in the log that are another event than the store has as that version.
create table logged_difference (
  stream text collate "C" not null,
  version bigint not null,
  event_id uuid not null,
  topic text not null,
  partition integer not null,
  "offset" bigint not null,
  primary key (stream, version)
);

-- Events of this store that the log has another event for, put aside when the store was restored from the log.
create table displaced_event (
  like event,
  displaced_at timestamptz not null default clock_timestamp()
);

-- A sequence is never taken back by a transaction, only by a restore: where it is behind what a process has seen of it,
-- the store is older than it was. It is the clock of the store that every append is held against.
create function store_clock() returns bigint language sql volatile as $$
  select last_value - (not is_called)::int from outbox_id_seq
$$;

drop function append_events(text[], bigint[], bigint[], json, integer, boolean);
drop function append_event(
  text, bigint, uuid, text, integer, text, timestamptz, text, text[], text, timestamptz, text, text, text, text, integer,
  text, json, bigint, integer, boolean
);

-- As before, and refused (TL001) where the store is older than `seen`, which the process knows of it.
create function append_events(
  streams text[], expected bigint[], reached bigint[], events json, patience integer, ring boolean,
  seen bigint
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
  if (select last_value - (not is_called)::int from outbox_id_seq) < seen then
    raise exception 'the store is older than it was' using errcode = 'TL001';
  end if;
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

-- The same for one event of one stream.
create function append_event(
  stream text, expected bigint, event_id uuid, name text, schema_version integer, data text, occurred_at timestamptz,
  "precision" text, inferred text[], source text, recorded_at timestamptz, traceparent text, tracestate text,
  command_id text, command_hash text, command_index integer, topic text, headers json, "timestamp" bigint,
  patience integer, ring boolean, seen bigint
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
  if (select last_value - (not is_called)::int from outbox_id_seq) < seen then
    raise exception 'the store is older than it was' using errcode = 'TL001';
  end if;
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
