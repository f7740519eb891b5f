-- What the door could not take, byte for byte, with why; replayable for ever.
create table quarantine (
  number bigint generated always as identity unique,
  id uuid primary key,
  raw bytea not null,
  headers jsonb not null,
  code text not null,
  field text,
  reason text not null,
  remedy text not null,
  received_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'replayed', 'discarded')),
  replayed_at timestamptz check ((replayed_at is not null) = (state = 'replayed')),
  event_ids uuid[] check ((event_ids is not null) = (state = 'replayed')),
  discarded_at timestamptz check ((discarded_at is not null) = (state = 'discarded')),
  discarded_reason text check ((discarded_reason is not null) = (state = 'discarded'))
);
create index quarantine_waiting on quarantine (number) where state = 'waiting';

-- I6: what was answered at the door, item by item.
create table door_count (
  singleton boolean primary key default true check (singleton),
  received bigint not null default 0,
  accepted bigint not null default 0,
  quarantined bigint not null default 0,
  refused bigint not null default 0,
  check (received = accepted + quarantined + refused)
);
insert into door_count default values;
