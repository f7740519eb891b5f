-- A wish that had not begun when an older one did is looked at with that one.
alter table recompute add column folded_into bigint references recompute;
create index recompute_folded_into on recompute (folded_into) where folded_into is not null and done_at is null;
