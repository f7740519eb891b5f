-- Of each deal the places after those that stay.
delete from deal_touch t using unnest($1::text[], $2::int[]) as gone (opportunity, stays)
 where t.opportunity = gone.opportunity and t.place > gone.stays
