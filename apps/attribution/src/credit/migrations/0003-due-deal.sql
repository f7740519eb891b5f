-- Deals whose evidence changed and whose credit is not looked at yet; `marks` tells whether it changed again meanwhile.
create table due_deal (
  opportunity text primary key,
  marks int not null default 1,
  marked_at timestamptz not null default now()
);
create index due_deal_marked_at on due_deal (marked_at);
