-- A deal that was marked again since it was read stays due.
delete from due_deal d using unnest($1::text[], $2::int[]) as done (opportunity, marks)
 where (d.opportunity, d.marks) = (done.opportunity, done.marks)
