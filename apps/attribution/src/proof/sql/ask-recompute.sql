insert into recompute (reason, mends) values ($1, true) returning id
