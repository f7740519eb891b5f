-- Whether rows that are not what was told are written again on the way.
alter table recompute add column mends boolean not null default false;
