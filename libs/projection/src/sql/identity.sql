create table identity_assertion (
  event_id uuid primary key,
  relation text not null,
  low text not null,
  high text not null,
  says text not null check (says in ('linked', 'ended', 'withdrawn')),
  occurred_at timestamptz,
  payload_hash text not null
);
create index identity_assertion_low on identity_assertion (low, relation);
create index identity_assertion_high on identity_assertion (high, relation);

create table visitor_person (
  visitor text not null,
  since timestamptz not null,
  until timestamptz,
  person text not null,
  primary key (visitor, since)
);
create index visitor_person_person on visitor_person (person);

create table same_person (
  low text not null,
  high text not null,
  primary key (low, high)
);
create index same_person_high on same_person (high);

create table person_alias (
  person text primary key,
  canonical text not null
);
create index person_alias_canonical on person_alias (canonical);

create table membership (
  kind text not null check (kind in ('person', 'account')),
  member text not null,
  account text not null,
  since timestamptz not null,
  until timestamptz,
  ended boolean not null,
  primary key (kind, member, account, since)
);
create index membership_account on membership (account);
