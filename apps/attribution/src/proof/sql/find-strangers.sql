-- Deals with rows here that the evidence does not know.
select d.opportunity from deal d
 where not exists (select 1 from evidence.opportunity o where o.opportunity = d.opportunity)
 order by d.opportunity collate "C"
