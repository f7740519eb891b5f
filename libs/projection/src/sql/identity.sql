create table identity_assertion (
  event_id uuid not null,
  relation text not null,
  low text not null,
  high text not null,
  says text not null check (says in ('linked', 'ended', 'withdrawn')),
  occurred_at timestamptz,
  payload_hash text not null
);

create table visitor_person (
  visitor text not null,
  since timestamptz not null,
  until timestamptz,
  person text not null
);

create table same_person (
  low text not null,
  high text not null
);

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
  ended boolean not null
);
