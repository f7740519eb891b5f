-- Repeats with another content that an operator has looked at: they stay listed, and alarm no more.
create table projection.accepted_conflict (
  topic text not null,
  partition integer not null,
  "offset" bigint not null,
  reason text not null,
  accepted_at timestamptz not null default now(),
  primary key (topic, partition, "offset")
);
