-- What closed in a month is closed at its beginning, for want of more: a month earlier is early enough.
insert into recompute (reason, closed_from) values ($1, $2::timestamptz - interval '32 days')
returning id
