-- Snapshots of data-driven models, numbered by model; `asked` is what a repeat under its Idempotency-Key is held to.
create table credit_snapshot (
  model text not null,
  number int not null,
  event_id uuid not null unique,
  command_id text unique,
  asked text not null,
  taken_at timestamptz not null,
  said jsonb not null,
  primary key (model, number)
);
