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
    select ${OF_CREDIT}, c.currency, s.touch, s.person, s.weight, s.amount, null as reason
      from credit c join credit_share s on (s.opportunity, s.model) = (c.opportunity, c.model)
     where c.outcome = 'won'),
  told_rest as (
    select ${SAID}, null::uuid as touch, null as person, unattributed_weight as weight, unattributed_amount as amount,
           reason
      from credit where outcome = 'won' and unattributed_weight > 0)`,
};

/**
 * Credit in force in one currency, as the same tables. The amount of each deal is converted once, rounded half up, by
 * the rate at the end of its close; the shares that were said are dealt anew over it, by largest remainder, of equal
 * remainders by the fixed hash of deal and touch (`tieRank`): so they and the rest sum to it. Of a close that nobody
 * dated the amount is unknown; where no rate stands the credit stays in its own currency.
 *
 * A share carries all of its row through the dealing, and nothing that is computed is joined but to a table by its key:
 * of what is computed PostgreSQL expects few rows, and would look for each of 30,000 shares among all of them, for 80 s.
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
  return {
    values: where.values,
    tables: `
  asked_credit as materialized (
    select credit, opportunity, model, model_version, event_id, said, unattributed_weight, unattributed_amount, reason,
           is_foreign, case when not is_foreign then currency when day is not null then ${to}::text end as currency,
           case when is_foreign then ${atFactor('said', 'factor')} end as worth
      from (select *, coalesce(currency <> ${to} and (day is null or factor is not null), false) as is_foreign
              from (select row_number() over () as credit, ${OF_CREDIT}, c.currency, c.amount as said, c.reason,
                           c.unattributed_weight, c.unattributed_amount, closed.day,
                           ${factorOn('d.currency', to, 'closed.day')} as factor
                      from credit c join deal d on d.opportunity = c.opportunity
                      join evidence.opportunity o on o.opportunity = d.opportunity
                     cross join lateral (select ${CLOSE_DAY} as day) closed
                     where c.outcome = 'won' and c.model = any (${named}::text[]) and ${where.sql}) asked) rated),
  told_share as (
    ${dealt(named, 'true')} where touch is not null
    union all
    select ${OF_CREDIT}, c.currency, s.touch, s.person, s.weight,
           case when c.is_foreign then c.worth else s.amount end, null
      from asked_credit c join credit_share s on (s.opportunity, s.model) = (c.opportunity, c.model)
     where coalesce(c.worth, 0) <= 0 and s.model = any (${named}::text[])),
  told_rest as (
    ${dealt(named, 'c.unattributed_weight > 0')} where touch is null
    union all
    select ${OF_CREDIT}, c.currency, null, null, c.unattributed_weight,
           case when c.is_foreign then c.worth else c.unattributed_amount end, c.reason
      from asked_credit c where coalesce(c.worth, 0) <= 0 and c.unattributed_weight > 0)`,
  };
}

/** As `tieRank` of the library has it, so that both deal alike. */
const RANK = `encode(sha256(convert_to(c.opportunity || ' ' || s.touch, 'UTF8')), 'hex')`;
const RANK_OF_REST = `encode(sha256(convert_to(c.opportunity || ' ', 'UTF8')), 'hex')`;

/** SQL: credits that hold, their amounts dealt over what they are worth: a row a touch, and one without for the rest. */
const dealt = (named: string, holds: string) => `
    select ${SAID}, touch, person, weight, whole + case when place <= short then 1 else 0 end as amount, reason
      from (select *, worth - sum(whole) over (partition by credit) as short,
                   row_number() over (partition by credit order by rest desc, rank collate "C") as place
              from (select *, div(part, said) as whole, mod(part, said) as rest
                      from (select c.credit, ${OF_CREDIT}, c.currency, c.said, c.worth, c.worth * s.amount as part,
                                   ${RANK} as rank, s.touch, s.person, s.weight, null as reason
                              from asked_credit c
                              join credit_share s on (s.opportunity, s.model) = (c.opportunity, c.model)
                             where c.worth > 0 and s.model = any (${named}::text[]) and ${holds}
                            union all
                            select c.credit, ${OF_CREDIT}, c.currency, c.said, c.worth, c.worth * c.unattributed_amount,
                                   ${RANK_OF_REST}, null, null, c.unattributed_weight, c.reason
                              from asked_credit c where c.worth > 0 and c.unattributed_weight > 0) part) divided) placed`;
