-- A deal that could not be credited stays due, and is tried again from `not_before` on, so that the others go on.
alter table due_deal
  add column failures int not null default 0,
  add column not_before timestamptz,
  add column error text;
