import type { Queryable } from '@throughline/postgres';
import { refusal } from '../attribution.error.ts';
import type { Into } from '../report/computed.query.ts';
import { CLOSE_DAY } from './close-day.ts';

/** A deal whose amount is in another currency than the one asked for, and no rate stands at its day. */
export interface Unconverted {
  readonly opportunity: string;
  readonly currency: string;
}

/** What lacks a rate, by currency: how many, and from which day on. */
export interface Lacking {
  readonly currency: string;
  readonly day: string;
  readonly count: number;
}

const WITHOUT = 'ask without currency';

/** @throws ProblemError `missing-rate` naming the pairs, how many deals need them, and from when; unless there are no deals */
export async function refuseUnconverted(
  db: Queryable,
  { rates, now }: Into,
  deals: readonly Unconverted[],
  otherwise = WITHOUT,
): Promise<void> {
  if (deals.length === 0) return;
  const { rows } = await db.query<Lacking>(
    `select given.currency, count(distinct d.opportunity)::int as count,
            min(case when d.outcome = 'open' then $3::date else ${CLOSE_DAY} end)::text as day
       from unnest($1::text[], $2::text[]) as given (opportunity, currency)
       join public.deal d on d.opportunity = given.opportunity
       join evidence.opportunity o on o.opportunity = d.opportunity
      group by given.currency order by given.currency collate "C"`,
    [
      deals.map(({ opportunity }) => opportunity),
      deals.map(({ currency }) => currency),
      now.toISOString().slice(0, 10),
    ],
  );
  refuseMissing(rates.currency, rows, 'deal', otherwise);
}

/** @throws ProblemError `missing-rate` unless nothing lacks a rate */
export function refuseMissing(
  to: string,
  lacking: readonly Lacking[],
  what: 'deal' | 'spend',
  otherwise = WITHOUT,
): void {
  if (lacking.length === 0) return;
  const named = lacking.map(({ currency, day, count }) => {
    const needed = what === 'spend' ? 'spend of campaigns' : count === 1 ? '1 deal' : `${count} deals`;
    return `${currency}/${to} at ${day} (${needed})`;
  });
  const remedy = lacking
    .map(({ currency, day }) => `POST /v1/exchange-rates/${currency}/${to}/set from ${day} or before`)
    .join('; ');
  throw refusal('missing-rate', `There is no rate for ${named.join(', ')}.`, {
    field: 'currency',
    remedy: `${remedy}; or ${otherwise}.`,
  });
}
