-- A deal that was marked again since it was read stays due. In the order of ids, as they are marked.
with done as (
  select d.opportunity
    from due_deal d
    join unnest($1::text[], $2::int[]) as done (opportunity, marks)
      on (d.opportunity, d.marks) = (done.opportunity, done.marks)
   order by d.opportunity collate "C" for update of d
)
delete from due_deal d using done where d.opportunity = done.opportunity
