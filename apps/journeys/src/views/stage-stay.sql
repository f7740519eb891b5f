-- One row per stay of an opportunity in a stage: from entering it until the next stage, the win or the loss. A
-- reopening starts a new stay, in the stage it names or the one before. Null `left` is a stay that goes on.
select c.opportunity, c.source, c.version, c.stage, c.occurred_at as entered_at,
       c.occurred_precision as entered_precision, c.next as "left", c.next_at as left_at,
       c.next_precision as left_precision, c.next_stage
  from (select s.*, lead(s.name) over later as next, lead(s.occurred_at) over later as next_at,
               lead(s.occurred_precision) over later as next_precision, lead(s.named) over later as next_stage
          from (select k.*, first_value(k.named) over (partition by k.opportunity, k.part order by k.version) as stage
                  from (select o.opportunity, o.source, o.version, o.name, o.occurred_at, o.occurred_precision,
                               o.stage as named,
                               count(o.stage) over (partition by o.opportunity order by o.version) as part
                          from analytics_v1.opportunity_change o
                         where o.status is not null or o.stage is not null) k) s
        window later as (partition by s.opportunity order by s.version)) c
 where c.stage is not null and c.name not in ('opportunity.won', 'opportunity.lost')
