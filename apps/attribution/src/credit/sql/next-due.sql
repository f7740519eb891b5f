-- One drainer at a time; another finds nothing to do.
select d.opportunity, d.marks from due_deal d
 where (select pg_try_advisory_xact_lock(hashtextextended('due deals', 0)))
 order by d.marked_at, d.opportunity collate "C" limit $1
