insert into deal (opportunity, outcome, account, owner, amount, currency, opened_at, closed_at, credit_events, said)
select opportunity, outcome, account, owner, amount, currency, opened_at, closed_at, credit_events, said
  from json_populate_recordset(null::deal, $1::json)
on conflict (opportunity) do update
   set outcome = excluded.outcome, account = excluded.account, owner = excluded.owner, amount = excluded.amount,
       currency = excluded.currency, opened_at = excluded.opened_at, closed_at = excluded.closed_at, said = excluded.said
