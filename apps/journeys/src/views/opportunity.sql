-- Days are calendar days of the UTC dates as written; a time known to the month only gives none.
select o.*, m.manager, m.office, m.function as owner_function, acc.industry, acc.country, p.parent as parent_account,
       closed.at as closed_at, closed.precision as closed_precision, days.total as days_to_close,
       case when o.status = 'won' then days.total end as days_to_won,
       case when o.status = 'lost' then days.total end as days_to_lost
  from opportunity o
  left join member m on m.member = o.owner
  left join account acc on acc.account = o.account
  left join analytics_v1.account_parent p on p.account = o.account
 cross join lateral (select case o.status when 'won' then o.won_at when 'lost' then o.lost_at end as at,
                            case o.status when 'won' then o.won_precision when 'lost' then o.lost_precision end
                              as precision) closed
 cross join lateral (
   select case when o.opened_precision in ('instant', 'day') and closed.precision in ('instant', 'day')
               then (closed.at at time zone 'UTC')::date - (o.opened_at at time zone 'UTC')::date end as total) days
