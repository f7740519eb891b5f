import { setImmediate } from 'node:timers/promises';
import { fraction, parseDecimal, roundedTimes, UNIT } from '@throughline/attribution';
import type { Queryable } from '@throughline/postgres';
import { z } from 'zod';
import { refusal } from '../attribution.error.ts';
import { creditOf } from '../credit/credit.decider.ts';
import { readDefinitions } from '../credit/credit-book.ts';
import { rowOf, sharesOf } from '../credit/credit-tables.ts';
import type { Credit, Deal, Definition } from '../credit/deal.state.ts';
import { readDeals } from '../credit/deals.query.ts';
import { inForceOn } from '../credit/definitions-in-force.ts';
import { byDeal } from '../snapshot/by-deal.ts';
import { readPaths, readSnapshot, type KeptSnapshot } from '../snapshot/snapshots.ts';
import type { Only } from './ask.query.ts';
import { Conditions } from './conditions.query.ts';

export const measureParameter = {
  measure: z
    .enum(['revenue', 'pipeline'])
    .default('revenue')
    .describe(
      'revenue: won deals, as it was said; pipeline: open deals as they stand now, said nowhere, each at its amount × ' +
        'the probability of its stage where the model says any',
    ),
};
export const snapshotParameter = {
  snapshot: z
    .string()
    .max(220)
    .optional()
    .describe(
      '<model>/<number>: deal by deal under a data-driven model, amount × weight of the channel (under shapley-ordered ' +
        'of the channel at its place) ÷ weights on its path; it need not add up to the credit by channel of the snapshot',
    ),
};
export type MeasureName = z.output<(typeof measureParameter)['measure']>;

/** Where credit is read from: tables that stand before a query's own, the values of their places, and what holds. */
export interface Measured {
  readonly tables: string;
  readonly values: readonly unknown[];
  readonly holds: string;
}

const REVENUE: Measured = { tables: '', values: [], holds: `c.outcome = 'won'` };
const CHUNK = 200;
/** Deals after which others have their turn: crediting is computing, and a process has one thread for it. */
const BREATH = 20;
/** Open deals that are computed for one answer, where it can be narrowed: some seconds. */
const MOST_OPEN = 2_000;

/** The credit that is measured: in force, or what open deals would give by the definitions that are in force now. */
async function measured(
  db: Queryable,
  { measure, only }: MeasureAsk,
  models: readonly string[],
  now: Date,
): Promise<Measured> {
  if (measure === 'revenue') return REVENUE;
  const all = inForceOn(await readDefinitions(db), now.getTime());
  const open = new Conditions().also(`d.outcome = 'open'`);
  if (only !== undefined) await refuseTooMany(db, open.narrowDeals(only));
  const own = await computed(
    db,
    open,
    all.filter(({ model }) => models.includes(model)),
  );
  return { ...own, tables: own.tables + PIPELINE_ONLY };
}

const PIPELINE_ONLY = `
  credit as (select * from own_credit), credit_share as (select * from own_share),`;

/** Which models are asked for, and where their credit is read from. */
export interface MeasureAsk {
  readonly measure: MeasureName;
  readonly snapshot?: string | undefined;
  /** rule models; all of them where none is named, and none besides a snapshot */
  readonly models: readonly string[];
  /** what narrows the deals before they are computed; left out, all of them are */
  readonly only?: Only;
  /** the parameter that names models, `models` unless told */
  readonly field?: string;
}

/**
 * The models of a question with their credit side by side; a snapshot stands beside rule models, deal by deal.
 * @throws ProblemError where a model or snapshot is not there
 */
export async function resolved(
  db: Queryable,
  ask: MeasureAsk,
  now: Date,
): Promise<{ readonly models: readonly string[]; readonly measured: Measured }> {
  const { measure, snapshot, models: asked, only, field = 'models' } = ask;
  if (snapshot === undefined) {
    const models = await readModels(db, asked, field);
    return { models, measured: await measured(db, ask, models, now) };
  }
  if (measure === 'pipeline') {
    throw refusal('parameter-invalid', 'A snapshot is of deals that closed.', {
      field: 'measure',
      remedy: 'Leave it out, or ask for pipeline under rule models.',
    });
  }
  const rules = asked.length === 0 ? [] : await readModels(db, asked, field);
  const kept = await snapshotNamed(db, snapshot);
  const definition = byDeal(kept);
  const { model } = definition;
  if (rules.includes(model)) {
    throw refusal(
      'parameter-invalid',
      `A model from before has the id of this snapshot's credit, '${model}'.`,
      {
        field: 'models',
        remedy: 'Ask for that model by itself, without the snapshot.',
      },
    );
  }
  const won = wonBy(kept.asOf);
  const own = await computed(db, only === undefined ? won : won.narrowDeals(only), [definition]);
  const values = [...own.values, model];
  return { models: [...rules, model], measured: { ...own, values, tables: own.tables + REVENUE_TOO } };
}

/** In force beside computed: the tables that a query reads are these, by name. A model from before may have the same. */
const REVENUE_TOO = `
  credit as (select * from own_credit
             union all select * from public.credit where outcome = 'won' and model <> $3),
  credit_share as (select * from own_share union all select * from public.credit_share where model <> $3),`;

function snapshotNamed(db: Queryable, text: string): Promise<KeptSnapshot> {
  const [, model = '', number = ''] = /^([a-z0-9-]{1,64})\/(\d{1,9})$/.exec(text) ?? [];
  if (number !== '') return readSnapshot(db, model, Number(number));
  throw refusal('parameter-invalid', 'snapshot is not <model>/<number>.', {
    field: 'snapshot',
    remedy: 'Write it like markov-1/3; GET /v1/snapshots lists them.',
  });
}

/** @throws ProblemError where these are more open deals than are computed for one answer */
async function refuseTooMany(db: Queryable, open: Conditions): Promise<void> {
  const { rows } = await db.query<{ deals: number }>(
    `select count(*)::int as deals from deal d where ${open.sql}`,
    open.values,
  );
  const deals = rows[0]?.deals ?? 0;
  if (deals <= MOST_OPEN) return;
  throw refusal(
    'parameter-invalid',
    `Pipeline is computed when asked, and ${deals} open deals are too many.`,
    {
      field: 'only',
      remedy:
        `Narrow it to ${MOST_OPEN} deals: by only=account:…, owner:… or opportunity:…, ` +
        'or by from and to with date=created.',
    },
  );
}

/** The deals that a snapshot as of an instant counts as won. */
function wonBy(asOf: string): Conditions {
  return new Conditions([asOf]).also(
    `d.opportunity in (select opportunity from (${readPaths}) as_of where outcome = 'won')`,
  );
}

async function computed(
  db: Queryable,
  where: Conditions,
  definitions: readonly Definition[],
): Promise<Measured> {
  const { rows } = await db.query<{ opportunity: string }>(
    `select d.opportunity from deal d where ${where.sql} order by d.opportunity collate "C"`,
    where.values,
  );
  const credits: Credit[] = [];
  for (let at = 0; at < rows.length; at += CHUNK) {
    const chunk = rows.slice(at, at + CHUNK).map(({ opportunity }) => opportunity);
    const stages = await readStages(db, chunk, definitions);
    for (const [n, deal] of (await readDeals(db, chunk)).entries()) {
      if (n % BREATH === 0) await setImmediate();
      const stage = stages.get(deal.opportunity) ?? null;
      credits.push(
        ...definitions.map((definition) => creditOf(expected(deal, stage, definition), definition)),
      );
    }
  }
  return {
    tables: `own_credit as (select * from json_populate_recordset(null::public.credit, $1::json)),
             own_share as (select * from json_populate_recordset(null::public.credit_share, $2::json)),`,
    values: [
      // said nowhere: no report reads its parameters, which may be long
      JSON.stringify(credits.map((data) => rowOf({ data: { ...data, parameters: {} }, eventId: null }))),
      JSON.stringify(credits.flatMap(sharesOf)),
    ],
    holds: 'true',
  };
}

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

/** @throws ProblemError where a model is not defined. @returns all models where none is named */
async function readModels(
  db: Queryable,
  asked: readonly string[],
  field: string,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ model: string }>(
    'select distinct model collate "C" as model from model_definition order by 1',
  );
  const known = rows.map(({ model }) => model);
  const unknown = asked.find((model) => !known.includes(model));
  if (unknown === undefined) return asked.length === 0 ? known : [...new Set(asked)];
  throw refusal('parameter-invalid', `There is no model '${unknown}'.`, {
    field,
    remedy: `Use one of: ${known.join(', ')}.`,
  });
}
