import { setImmediate } from 'node:timers/promises';
import { fraction, parseDecimal, roundedTimes, UNIT } from '@throughline/attribution';
import type { Queryable } from '@throughline/postgres';
import { refusal } from '../attribution.error.ts';
import { creditOf } from '../credit/credit.decider.ts';
import type { Credit, Deal, Definition } from '../credit/deal.state.ts';
import { readDeals } from '../credit/deals.query.ts';
import { inCurrency } from '../rate/in-currency.ts';
import type { RatesTo } from '../rate/rates-to.ts';
import type { Conditions } from './conditions.query.ts';

/**
 * Where credit is read from: tables that stand before a query's own, and the values of their places. Those that a report
 * reads are `share`, a row a touch, and `rest`, a row of what no touch of a deal deserves; each row says all of its credit
 * that is told of it, so that nothing is joined that was computed. A query names each once, so that it is planned with it.
 */
export interface Measured {
  readonly tables: string;
  readonly values: readonly unknown[];
}

/** The currency that amounts are converted to, by its rates; open deals by those of now. */
export interface Into {
  readonly rates: RatesTo;
  readonly now: Date;
}

const CHUNK = 200;
/** Deals after which others have their turn: crediting is computing, and a process has one thread for it. */
const BREATH = 20;

/** Deals that are computed for one answer at most: open ones under many models, won ones under one. Some seconds. */
export const MOST_COMPUTED = { open: 2_000, won: 10_000 } as const;

/** How a question is narrowed to fewer deals. */
export interface Narrowing {
  readonly what: string;
  readonly field: string;
  readonly remedy: string;
}

/** @throws ProblemError where these are more deals than are computed for one answer */
export async function refuseTooMany(
  db: Queryable,
  of: keyof typeof MOST_COMPUTED,
  where: Conditions,
  { what, field, remedy }: Narrowing,
): Promise<void> {
  const { rows } = await db.query<{ deals: number }>(
    `select count(*)::int as deals from deal d where ${where.sql}`,
    where.values,
  );
  const deals = rows[0]?.deals ?? 0;
  if (deals <= MOST_COMPUTED[of]) return;
  throw refusal(
    'parameter-invalid',
    `${what} is computed when asked, and ${deals} ${of} deals are too many.`,
    {
      field,
      remedy: `Narrow it to ${MOST_COMPUTED[of]} deals: ${remedy}`,
    },
  );
}

/**
 * Credit of deals under definitions, computed now and said nowhere, as tables `own_share` and `own_rest`.
 * @param into the currency to convert to before anything is dealt; null: each deal in its own
 */
export async function computed(
  db: Queryable,
  where: Conditions,
  definitions: readonly Definition[],
  into: Into | null,
): Promise<Measured> {
  const { rows: asked } = await db.query<{ opportunity: string }>(
    `select d.opportunity from deal d where ${where.sql} order by d.opportunity collate "C"`,
    where.values,
  );
  const credits: Credit[] = [];
  for (let at = 0; at < asked.length; at += CHUNK) {
    const chunk = asked.slice(at, at + CHUNK).map(({ opportunity }) => opportunity);
    const stages = await readStages(db, chunk, definitions);
    for (const [n, own] of (await readDeals(db, chunk)).entries()) {
      if (n % BREATH === 0) await setImmediate();
      const deal = into === null ? own : inCurrency(own, into.rates, into.now.getTime());
      const stage = stages.get(deal.opportunity) ?? null;
      credits.push(
        ...definitions.map((definition) => creditOf(expected(deal, stage, definition), definition)),
      );
    }
  }
  const rows = credits.map(({ opportunity, model, amount, ...more }) => ({
    of: { opportunity, model: model.id, model_version: model.version, currency: amount?.currency ?? null },
    ...more,
  }));
  return {
    tables: OWN,
    values: [
      JSON.stringify(rows.flatMap(({ of, shares }) => shares.map((share) => ({ ...of, ...share })))),
      JSON.stringify(rows.flatMap(({ of, unattributed: it }) => (it.weight > 0 ? [{ ...of, ...it }] : []))),
    ],
  };
}

/** No event says it. */
const OWN = ['share', 'rest']
  .map(
    (name, at) => `
  own_${name} as (
    select * from json_to_recordset($${at + 1}::json) as own (
      opportunity text, model text, model_version int, event_id uuid, currency text,
      touch uuid, person text, weight int, amount bigint, reason text))`,
  )
  .join(',');

const readDealStages = `
  select opportunity, to_jsonb(o) ->> 'stage' as stage from evidence.opportunity o where opportunity = any ($1::text[])`;

/** The stages of deals, where a definition asks for them; null: nobody knows. */
async function readStages(
  db: Queryable,
  opportunities: readonly string[],
  definitions: readonly Definition[],
): Promise<ReadonlyMap<string, string | null>> {
  if (definitions.every(({ stageProbabilities }) => stageProbabilities === undefined)) return new Map();
  const { rows } = await db.query<{ opportunity: string; stage: string | null }>(readDealStages, [
    opportunities,
  ]);
  return new Map(rows.map(({ opportunity, stage }) => [opportunity, stage]));
}

/** An open deal at its amount × the probability of its stage, rounded half up once; whole where the model says none. */
function expected(deal: Deal, stage: string | null, { stageProbabilities }: Definition): Deal {
  const { amount, outcome } = deal;
  if (stageProbabilities === undefined || outcome !== 'open' || amount === null || amount < 0n) return deal;
  const { stages, other } = stageProbabilities;
  const own = stage !== null && Object.hasOwn(stages, stage) ? stages[stage] : undefined;
  const probability = fraction(parseDecimal(own ?? other) ?? 0n, UNIT);
  return { ...deal, amount: roundedTimes(amount, probability) };
}
