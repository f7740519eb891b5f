import { atFactor, CLOSE_DAY, factorOn } from '../rate/close-day.ts';
import type { Only } from './ask.query.ts';
import type { Measured } from './computed.query.ts';
import { Conditions } from './conditions.query.ts';

/**
 * Credit in force in one currency, as tables `told_credit` and `told_share`. The amount of each deal is converted once,
 * rounded half up, by the rate at the end of its close; the shares that were said are dealt anew over it, by largest
 * remainder, of equal remainders to the earlier touch, to what no touch deserves last: so they and the rest sum to it.
 * Of a close that nobody dated the amount is unknown; where no rate stands the credit stays in its own currency.
 * @param before values whose places come first
 */
export function toldIn(
  currency: string,
  models: readonly string[],
  only: Only,
  before: readonly unknown[] = [],
): Pick<Measured, 'tables' | 'values'> {
  const where = new Conditions(before);
  const [to, named] = [where.place(currency), where.place(models)];
  where.also(`d.outcome = 'won'`).narrowDeals(only);
  const isLast = `row_number() over (partition by opportunity, model order by rest desc, at nulls last, touch nulls last)`;
  return {
    values: where.values,
    tables: `
  asked_deal as materialized (
    select d.opportunity, closed.day, ${factorOn('d.currency', to, 'closed.day')} as factor
      from public.deal d join evidence.opportunity o on o.opportunity = d.opportunity
     cross join lateral (select ${CLOSE_DAY} as day) closed
     where ${where.sql}),
  foreign_credit as materialized (
    select c.opportunity, c.model, c.unattributed_amount, c.amount as said,
           case when a.day is not null then ${to}::text end as currency, ${atFactor('c.amount', 'a.factor')} as amount
      from public.credit c join asked_deal a on a.opportunity = c.opportunity
     where c.outcome = 'won' and c.model = any (${named}::text[]) and c.currency <> ${to}
       and (a.day is null or a.factor is not null)),
  foreign_part as (
    select f.opportunity, f.model, s.touch, t.occurred_at as at, f.amount * s.amount as part, f.said, f.amount
      from foreign_credit f join public.credit_share s on (s.opportunity, s.model) = (f.opportunity, f.model)
      left join evidence.touch t on t.event_id = s.touch where f.said > 0
    union all
    select f.opportunity, f.model, null, null, f.amount * f.unattributed_amount, f.said, f.amount
      from foreign_credit f where f.said > 0),
  foreign_share as materialized (
    select opportunity, model, touch, whole + case when place <= short then 1 else 0 end as amount
      from (select opportunity, model, touch, whole, ${isLast} as place,
                   amount - sum(whole) over (partition by opportunity, model) as short
              from (select *, div(part, said) as whole, mod(part, said) as rest from foreign_part) divided) dealt),
  told_credit as (
    select c.opportunity, c.model, c.model_version, c.event_id,
           case when f.model is null then c.currency else f.currency end as currency, c.unattributed_weight,
           case when f.model is null then c.unattributed_amount when f.said > 0 then r.amount else f.amount end
             as unattributed_amount, c.reason
      from public.credit c join asked_deal a on a.opportunity = c.opportunity
      left join foreign_credit f on (f.opportunity, f.model) = (c.opportunity, c.model)
      left join foreign_share r on (r.opportunity, r.model) = (c.opportunity, c.model) and r.touch is null
     where c.outcome = 'won' and c.model = any (${named}::text[])),
  told_share as (
    select s.opportunity, s.model, s.touch, s.person, s.weight,
           case when f.model is null then s.amount when f.said > 0 then r.amount else f.amount end as amount
      from public.credit_share s join asked_deal a on a.opportunity = s.opportunity
      left join foreign_credit f on (f.opportunity, f.model) = (s.opportunity, s.model)
      left join foreign_share r on (r.opportunity, r.model, r.touch) = (s.opportunity, s.model, s.touch)
     where s.model = any (${named}::text[])),`,
  };
}
