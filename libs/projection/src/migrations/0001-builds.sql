-- One row per schema that was ever built for a projection and is still kept. The row of the live build is
-- the fence: every write takes it FOR SHARE, the switch takes it FOR UPDATE.
create schema if not exists projection;

create table projection.build (
  schema text primary key,
  name text not null,
  version int not null,
  build int not null,
  state text not null check (state in ('building', 'live', 'previous')),
  made_at timestamptz not null default now(),
  switched_at timestamptz,
  unique (name, version, build)
);
create unique index build_one_live on projection.build (name) where state = 'live';

-- An operator's decision outlives the build it was made on: a rebuild applies it again.
create table projection.discard (
  projection text not null,
  topic text not null,
  partition int not null,
  "offset" bigint not null,
  event_id uuid,
  reason text not null,
  discarded_by text not null,
  discarded_at timestamptz not null default now(),
  primary key (projection, topic, partition, "offset")
);
create index discard_event on projection.discard (projection, event_id);

create table projection.processing_log (
  projection text not null,
  event_id uuid not null,
  hop text not null,
  at timestamptz not null default now()
);
create index processing_log_event on projection.processing_log (event_id);
create index processing_log_at on projection.processing_log using brin (at);
