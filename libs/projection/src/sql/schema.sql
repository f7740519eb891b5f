create table position (
  topic text not null,
  partition int not null,
  next_offset bigint not null default 0,
  fingerprint text,
  updated_at timestamptz not null default now(),
  primary key (topic, partition)
);

create table entry (
  event_id uuid not null,
  name text not null,
  source text not null,
  topic text not null,
  partition int not null,
  "offset" bigint not null,
  key text not null,
  stream text,
  version int,
  occurred_at timestamptz,
  recorded_at timestamptz not null,
  payload_hash text not null,
  duplicates int not null default 0
);

create table repeat (
  topic text not null,
  partition int not null,
  "offset" bigint not null,
  event_id uuid not null,
  standing uuid,
  payload_hash text not null,
  conflict boolean not null,
  primary key (topic, partition, "offset")
);
create index repeat_conflict on repeat (event_id) where conflict;

create view conflict as
select r.event_id, r.topic, r.partition, r."offset", r.payload_hash, r.standing,
       e.topic as standing_topic, e.partition as standing_partition, e."offset" as standing_offset,
       e.payload_hash as standing_hash, e.name as standing_name, e.source as standing_source
from repeat r left join entry e on e.event_id = r.standing
where r.conflict;

create table parked (
  topic text not null,
  partition int not null,
  "offset" bigint not null,
  key text not null,
  event_id uuid,
  name text,
  stream text,
  version int,
  state text not null check (state in ('poison', 'gap', 'queued', 'discarded')),
  code text not null,
  reason text not null,
  record bytea not null,
  recorded_at timestamptz,
  parked_at timestamptz not null default now(),
  primary key (topic, partition, "offset")
);
create index parked_key on parked (topic, key);
create index parked_event on parked (event_id);

create table stream_head (
  topic text not null,
  stream text not null,
  version int not null,
  primary key (topic, stream)
);
