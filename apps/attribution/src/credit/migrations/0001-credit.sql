-- Versions of models, each with the event that says it.
create table model_definition (
  model text not null,
  version int not null,
  event_id uuid not null unique,
  in_force_from timestamptz,
  said jsonb not null,
  primary key (model, version)
);

-- Every deal with its path, open and lost ones too. `said` is what the row and its touches were made of.
create table deal (
  opportunity text primary key,
  outcome text not null check (outcome in ('won', 'lost', 'open')),
  account text,
  owner text,
  amount bigint,
  currency text,
  opened_at timestamptz,
  closed_at timestamptz,
  credit_events int not null default 0,
  said text not null
);
create index deal_account on deal (account);
create index deal_closed on deal (closed_at);

create table deal_touch (
  opportunity text not null references deal,
  place int not null,
  touch uuid not null,
  person text,
  primary key (opportunity, place)
);
create index deal_touch_touch on deal_touch (touch);

-- Credit in force: the last that was said of a deal under a model. `said` is its event's data as canonical JSON.
create table credit (
  opportunity text not null references deal,
  model text not null,
  model_version int not null,
  event_id uuid not null,
  outcome text not null,
  amount bigint,
  currency text,
  unattributed_weight int not null,
  unattributed_amount bigint,
  reason text,
  said text not null,
  primary key (opportunity, model)
);
create index credit_model on credit (model) where outcome = 'won';

create table credit_share (
  opportunity text not null,
  model text not null,
  touch uuid not null,
  person text,
  weight int not null,
  amount bigint,
  primary key (opportunity, model, touch),
  foreign key (opportunity, model) references credit
);
create index credit_share_touch on credit_share (touch);

-- Deals that are to be looked at again, in the order of their ids from `after` on; a crash goes on where it was.
create table recompute (
  id bigint generated always as identity primary key,
  closed_from timestamptz,
  reason text not null,
  after text,
  seen int not null default 0,
  revised int not null default 0,
  asked_at timestamptz not null default now(),
  done_at timestamptz
);
create index recompute_open on recompute (id) where done_at is null;
