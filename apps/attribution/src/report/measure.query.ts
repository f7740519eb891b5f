import type { Queryable } from '@throughline/postgres';
import { z } from 'zod';
import { refusal } from '../attribution.error.ts';
import { readDefinitions } from '../credit/credit-book.ts';
import { inForceOn } from '../credit/definitions-in-force.ts';
import { RatesTo } from '../rate/rates-to.ts';
import { byDeal } from '../snapshot/by-deal.ts';
import { readPaths, readSnapshot, type KeptSnapshot } from '../snapshot/snapshots.ts';
import type { Only } from './ask.query.ts';
import { computed, refuseTooMany, type Into, type Measured, type Narrowing } from './computed.query.ts';
import { Conditions } from './conditions.query.ts';
import { TOLD, toldIn } from './converted.query.ts';

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

const NARROW_OPEN: Narrowing = {
  ...{ what: 'Pipeline', field: 'only' },
  remedy: 'by only=account:…, owner:… or opportunity:…, or by from and to with date=created.',
};
const NARROW_WON: Narrowing = {
  ...{ what: 'Credit by deal under a snapshot', field: 'only' },
  remedy: 'by from and to, or by only=account:…, owner:… or opportunity:….',
};

/** The credit that is measured: in force, or what open deals would give by the definitions that are in force now. */
async function measured(
  db: Queryable,
  { measure, only, narrowing = NARROW_OPEN }: MeasureAsk,
  models: readonly string[],
  { into, now }: { readonly into: Into | null; readonly now: Date },
): Promise<Measured> {
  if (measure === 'revenue') {
    const told = into === null ? TOLD : toldIn(into.rates.currency, models, only);
    return { ...told, tables: told.tables + TOLD_ONLY };
  }
  const all = inForceOn(await readDefinitions(db), now.getTime());
  const open = new Conditions().also(`d.outcome = 'open'`).narrowDeals(only);
  await refuseTooMany(db, 'open', open, narrowing);
  const own = await computed(
    db,
    open,
    all.filter(({ model }) => models.includes(model)),
    into,
  );
  return { ...own, tables: own.tables + OWN_ONLY };
}

const TOLD_ONLY = ', share as (select * from told_share), rest as (select * from told_rest)';
const OWN_ONLY = ', share as (select * from own_share), rest as (select * from own_rest)';

/** Which models are asked for, and where their credit is read from. */
export interface MeasureAsk {
  readonly measure: MeasureName;
  readonly snapshot?: string | undefined;
  /** rule models; all of them where none is named, and none besides a snapshot */
  readonly models: readonly string[];
  /** the currency to convert to; left out, each amount stays in its own */
  readonly currency?: string | undefined;
  /** what narrows the deals before they are computed, */
  readonly only: Only;
  /** and how to ask for fewer of them, by `only` and its window unless told */
  readonly narrowing?: Narrowing;
  /** the parameter that names models, `models` unless told */
  readonly field?: string;
}

export interface Resolved {
  readonly models: readonly string[];
  readonly measured: Measured;
  readonly into: Into | null;
}

/**
 * The models of a question with their credit side by side; a snapshot stands beside rule models, deal by deal.
 * @throws ProblemError where a model or snapshot is not there
 */
export async function resolved(db: Queryable, ask: MeasureAsk, now: Date): Promise<Resolved> {
  const { measure, snapshot, models: asked, only, currency, field = 'models' } = ask;
  const into = currency === undefined ? null : { rates: await RatesTo.read(db, currency), now };
  if (snapshot === undefined) {
    const models = await readModels(db, asked, field);
    return { models, into, measured: await measured(db, ask, models, { into, now }) };
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
  const won = wonBy(kept.asOf).narrowDeals(only);
  await refuseTooMany(db, 'won', won, NARROW_WON);
  const own = await computed(db, won, [definition], into);
  const before = [...own.values, model];
  const told = into === null ? { ...TOLD, values: before } : toldIn(into.rates.currency, rules, only, before);
  const tables = `${own.tables}, ${told.tables}${OWN_AND_TOLD}`;
  return { models: [...rules, model], into, measured: { ...told, tables } };
}

/** Computed beside what is in force, in which a model from before may have the same id. */
const OWN_AND_TOLD = `,
  share as (select * from own_share union all select * from told_share where model <> $3),
  rest as (select * from own_rest union all select * from told_rest where model <> $3)`;

function snapshotNamed(db: Queryable, text: string): Promise<KeptSnapshot> {
  const [, model = '', number = ''] = /^([a-z0-9-]{1,64})\/(\d{1,9})$/.exec(text) ?? [];
  if (number !== '') return readSnapshot(db, model, Number(number));
  throw refusal('parameter-invalid', 'snapshot is not <model>/<number>.', {
    field: 'snapshot',
    remedy: 'Write it like markov-1/3; GET /v1/snapshots lists them.',
  });
}

/** The deals that a snapshot as of an instant counts as won. */
function wonBy(asOf: string): Conditions {
  return new Conditions([asOf]).also(
    `d.opportunity in (select opportunity from (${readPaths}) as_of where outcome = 'won')`,
  );
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
