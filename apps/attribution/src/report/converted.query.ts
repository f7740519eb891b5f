import { atFactor, CLOSE_DAY, factorOn } from '../rate/close-day.ts';
import type { Only } from './ask.query.ts';
import type { Measured } from './computed.query.ts';
import { Conditions } from './conditions.query.ts';

const OF_CREDIT = 'c.opportunity, c.model, c.model_version, c.event_id';
const SAID = 'opportunity, model, model_version, event_id, currency';

/** Credit in force as it was said, as tables `told_share` and `told_rest`. */
export const TOLD: Measured = {
  values: [],
  tables: `
  told_share as (
    select ${OF_CREDIT}, c.currency, s.touch, s.person, s.weight, s.amount
      from credit c join credit_share s on (s.opportunity, s.model) = (c.opportunity, c.model)
     where c.outcome = 'won'),
  told_rest as (
    select ${SAID}, unattributed_weight as weight, unattributed_amount as amount, reason
      from credit where outcome = 'won' and unattributed_weight > 0)`,
};

/**
 * Credit in force in one currency, as the same tables. The amount of each deal is converted once, rounded half up, by
 * the rate at the end of its close; the shares that were said are dealt anew over it, by largest remainder, of equal
 * remainders to the earlier touch, to what no touch deserves last: so they and the rest sum to it. Of a close that nobody
 * dated the amount is unknown; where no rate stands the credit stays in its own currency.
 *
 * A share carries all of its row through the dealing. Joined back to it by deal, model and touch, of which PostgreSQL
 * expects one row, 30,000 shares were looked for among 20,000 one by one: 80 s.
 * @param before values whose places come first
 */
export function toldIn(
  currency: string,
  models: readonly string[],
  only: Only,
  before: readonly unknown[] = [],
): Measured {
  const where = new Conditions(before);
  const [to, named] = [where.place(currency), where.place(models)];
  where.also(`d.outcome = 'won'`).narrowDeals(only);
  const deal = 'partition by opportunity collate "C", model collate "C"';
  return {
    values: where.values,
    tables: `
  asked_deal as materialized (
    select d.opportunity, closed.day, ${factorOn('d.currency', to, 'closed.day')} as factor
      from deal d join evidence.opportunity o on o.opportunity = d.opportunity
     cross join lateral (select ${CLOSE_DAY} as day) closed
     where ${where.sql}),
  asked_credit as materialized (
    select ${OF_CREDIT}, c.amount as said, c.unattributed_weight, c.unattributed_amount, c.reason, w.is_foreign,
           case when not w.is_foreign then c.currency when a.day is not null then ${to}::text end as currency,
           case when w.is_foreign then ${atFactor('c.amount', 'a.factor')} end as worth
      from credit c join asked_deal a on a.opportunity = c.opportunity
     cross join lateral (
       select coalesce(c.currency <> ${to} and (a.day is null or a.factor is not null), false) as is_foreign) w
     where c.outcome = 'won' and c.model = any (${named}::text[])),
  said_part as (
    select ${OF_CREDIT}, c.currency, c.said, c.worth, c.worth * s.amount as part, t.occurred_at as at,
           s.touch, s.person, s.weight, null as reason
      from asked_credit c join credit_share s on (s.opportunity, s.model) = (c.opportunity, c.model)
      left join evidence.touch t on t.event_id = s.touch where c.worth > 0
    union all
    select ${OF_CREDIT}, c.currency, c.said, c.worth, c.worth * c.unattributed_amount, null,
           null, null, c.unattributed_weight, c.reason
      from asked_credit c where c.worth > 0 and c.unattributed_weight > 0),
  dealt as not materialized (
    select ${SAID}, touch, person, weight, whole + case when place <= short then 1 else 0 end as amount, reason
      from (select *, worth - sum(whole) over (${deal}) as short,
                   row_number() over (${deal} order by rest desc, at nulls last, touch nulls last) as place
              from (select *, div(part, said) as whole, mod(part, said) as rest from said_part) divided) ranked),
  told_share as (
    select ${SAID}, touch, person, weight, amount from dealt where touch is not null
    union all
    select ${OF_CREDIT}, c.currency, s.touch, s.person, s.weight, case when c.is_foreign then c.worth else s.amount end
      from asked_credit c join credit_share s on (s.opportunity, s.model) = (c.opportunity, c.model)
     where coalesce(c.worth, 0) <= 0),
  told_rest as (
    select ${SAID}, weight, amount, reason from dealt where touch is null
    union all
    select ${OF_CREDIT}, c.currency, c.unattributed_weight,
           case when c.is_foreign then c.worth else c.unattributed_amount end, c.reason
      from asked_credit c where coalesce(c.worth, 0) <= 0 and c.unattributed_weight > 0)`,
  };
}
