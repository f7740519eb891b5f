select d.opportunity, d.marks from due_deal d
 where d.not_before is null or d.not_before <= clock_timestamp()
 order by d.failures, d.marked_at, d.opportunity collate "C" limit $1
