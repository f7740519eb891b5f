-- One drainer at a time; another finds nothing to do. A statement of its own: what reads the marks sees them as the
-- drainer before left them, which a snapshot from before the lock would not.
select pg_try_advisory_xact_lock(hashtextextended('due deals', 0)) as leads
