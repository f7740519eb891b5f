-- Two halves of one person may commit at once from two partitions, each blind to the other's rows: who comes second
-- waits here, and its next statement sees what the first committed.
select pg_advisory_xact_lock(hashtextextended('projection.identity:' || $1, 0))
