-- Bytes of the items that wait: what the limit of the quarantine is held against.
create table quarantine_usage (
  singleton boolean primary key default true check (singleton),
  bytes bigint not null default 0 check (bytes >= 0)
);
insert into quarantine_usage (bytes)
select coalesce(sum(octet_length(raw)), 0) from quarantine where state = 'waiting';
create index quarantine_received on quarantine (received_at);
