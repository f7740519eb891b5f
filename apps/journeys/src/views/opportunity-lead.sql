-- The first lead of each opportunity, by capture, undated last: an opportunity of several leads counts once.
select distinct on (n.opportunity) n.opportunity, l.lead, l.channel, l.campaign, l.product_line, l.captured_at,
       l.captured_precision, l.stage, l.qualified_by, l.offered_by, l.offered_to, l.accepted_by, l.owner, l.attributes
  from lead_opportunity n join lead l on l.lead = n.lead
 order by n.opportunity, l.captured_at nulls last, l.lead collate "C"
