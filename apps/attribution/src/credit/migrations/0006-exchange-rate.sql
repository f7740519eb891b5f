-- Exchange rates that stand: of each pair and day the last that was set. `rate` is of whole units, as it was said;
-- `factor` is of minor units, exactly.
create table exchange_rate (
  from_currency text not null,
  to_currency text not null,
  day date not null,
  rate text not null,
  factor numeric not null check (factor > 0),
  set_by text,
  set_at timestamptz not null,
  event_id uuid not null unique,
  primary key (from_currency, to_currency, day)
);
