-- $2: credits that were written again before the round, since they were not as they were said.
insert into recompute (reason, revised) values ($1, $2) returning id
