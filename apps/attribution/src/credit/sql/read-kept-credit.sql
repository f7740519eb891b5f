-- Credit as reports read it: every column, with its shares.
select c.opportunity, c.model, c.said, to_jsonb(c) as credit, coalesce(s.shares, '[]') as shares
  from credit c
  left join lateral (
    select jsonb_agg(to_jsonb(s) order by s.touch) as shares
      from credit_share s where (s.opportunity, s.model) = (c.opportunity, c.model)) s on true
 where c.opportunity = any ($1::text[])
