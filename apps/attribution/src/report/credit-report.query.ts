import type { Queryable } from '@throughline/postgres';
import { pageFrom, type Slice } from '@throughline/service';
import type { Only } from './ask.query.ts';
import { refuseUnconverted, type Unconverted } from '../rate/missing-rate.ts';
import { Conditions } from './conditions.query.ts';
import { dimensions, type Dimension } from './dimensions.table.ts';
import type { Into, Measured } from './computed.query.ts';

export interface ReportAsk extends Only, Slice {
  readonly measured: Measured;
  readonly models: readonly string[];
  readonly group: readonly Dimension[];
  /** null: amounts of several currencies are several rows */
  readonly into: Into | null;
}

/** What a model gives: whole deals as a decimal, and minor units of one currency; null: of no deal that it is of is the amount known. */
export interface Figure {
  readonly deals: string;
  readonly amount: string | null;
}

export interface ReportRow {
  readonly key: Readonly<Record<string, string | null>>;
  readonly currency: string | null;
  readonly models: Readonly<Record<string, Figure>>;
  /** the most that any model gives less the least, in the units of each; of amounts null where one is not known */
  readonly spread: Figure;
}

interface Row extends Readonly<Record<string, unknown>> {
  readonly currency: string | null;
  readonly weights: Readonly<Record<string, string>>;
  readonly amounts: Readonly<Record<string, string | null>>;
}

/**
 * Credit by group, the models side by side, in every currency by itself. What no touch deserves is a row of its
 * own, so that rows and rest sum to the total of each model; where the window is of touches that rest has no date and
 * is left out.
 * @throws ProblemError `missing-rate`
 */
export async function creditReport(db: Queryable, ask: ReportAsk) {
  const columns = ask.group.map((name) => dimensions[name].column);
  const { measured } = ask;
  const ofModels = () =>
    new Conditions(measured.values).add(ask.models, (place) => `s.model = any (${place}::text[])`);
  const rows = await sums(db, measured, ofModels().narrow(ask), columns);
  const rest = ofModels().narrow(ask, false);
  const unattributed = await sums(db, measured, rest, null);
  await refuseForeign(
    db,
    ask,
    [...rows, ...unattributed],
    [
      [TOUCHES, ofModels().narrow(ask)],
      [RESTS, rest],
    ],
  );
  const items = rows.map((row) => reportRow(row, ask));
  return {
    ...pageFrom(items.slice(ask.offset), ask),
    unattributed: unattributed.map((row) => reportRow(row, { ...ask, group: [] })),
    total: totals([...rows, ...unattributed], ask),
  };
}

const RESTS = `rest s join deal d on d.opportunity = s.opportunity`;
const TOUCHES = `share s join deal d on d.opportunity = s.opportunity join evidence.touch t on t.event_id = s.touch`;

/** @throws ProblemError `missing-rate` where rows are left in another currency than the one asked for */
async function refuseForeign(
  db: Queryable,
  { into, measured }: ReportAsk,
  rows: readonly Row[],
  parts: readonly (readonly [from: string, where: Conditions])[],
): Promise<void> {
  const to = into?.rates.currency;
  if (into === null || rows.every(({ currency }) => currency === null || currency === to)) return;
  const deals: Unconverted[] = [];
  for (const [from, where] of parts) {
    const other = `s.currency <> ${where.place(to)}`;
    const found = await db.query<Unconverted>(
      `with ${measured.tables}
       select distinct s.opportunity, s.currency from ${from} where ${where.sql} and ${other}`,
      where.values,
    );
    deals.push(...found.rows);
  }
  await refuseUnconverted(db, into, deals);
}

/** @param columns to group by; null: what no touch deserves */
async function sums(
  db: Queryable,
  measured: Measured,
  where: Conditions,
  columns: readonly string[] | null,
): Promise<Row[]> {
  const keys = (columns ?? []).map((column, at) => `${column} as k${at}`);
  const names = (columns ?? []).map((_, at) => `k${at}`);
  const from = columns === null ? RESTS : TOUCHES;
  const { rows } = await db.query<Row>(
    `with ${measured.tables}, part as (
       select ${['s.model', 's.currency', ...keys].join(', ')}, sum(s.weight) as weight, sum(s.amount) as amount
         from ${from} where ${where.sql}
        group by ${['s.model', 's.currency', ...(columns ?? [])].join(', ')})
     select ${['currency', ...names].join(', ')}, jsonb_object_agg(model, weight::text) as weights,
            jsonb_object_agg(model, amount::text) as amounts
       from part group by ${['currency', ...names].join(', ')}
      order by max(amount) desc nulls last, max(weight) desc,
               ${['currency', ...names].map((name) => `${name} collate "C" nulls last`).join(', ')}`,
    where.values,
  );
  return rows;
}

function reportRow(row: Row, { models, group }: Pick<ReportAsk, 'models' | 'group'>): ReportRow {
  const key = Object.fromEntries(group.map((name, at) => [name, (row[`k${at}`] as string | null) ?? null]));
  const weights = models.map((model) => BigInt(row.weights[model] ?? 0));
  const amounts = models.map((model) => amountOf(row, model));
  const known = amounts.filter((amount) => amount !== null);
  const figure = (weight: bigint, amount: bigint | null): Figure => ({
    deals: inDeals(weight),
    amount: amount === null ? null : String(amount),
  });
  return {
    key,
    currency: row.currency,
    models: Object.fromEntries(
      models.map((model, at) => [model, figure(weights[at] ?? 0n, amounts[at] ?? null)]),
    ),
    spread: figure(spreadOf(weights), known.length < models.length ? null : spreadOf(known)),
  };
}

/** What a model gives to nobody here is 0, once any amount is known; what it gives of unknown amounts is unknown (I2). */
function amountOf({ weights, amounts }: Row, model: string): bigint | null {
  const amount = amounts[model] ?? null;
  if (amount !== null) return BigInt(amount);
  const isKnown = Object.values(amounts).some((other) => other !== null);
  return isKnown && weights[model] === undefined ? 0n : null;
}

function totals(rows: readonly Row[], ask: ReportAsk): ReportRow[] {
  const byCurrency = [...Map.groupBy(rows, ({ currency }) => currency)];
  return byCurrency.map(([currency, of]) => {
    const per = (from: 'weights' | 'amounts') =>
      Object.fromEntries(
        ask.models.flatMap((model) => {
          const known = of.flatMap((row) => row[from][model] ?? []);
          return known.length === 0 ? [] : [[model, String(known.reduce((so, it) => so + BigInt(it), 0n))]];
        }),
      );
    return reportRow({ currency, weights: per('weights'), amounts: per('amounts') }, { ...ask, group: [] });
  });
}

function spreadOf(values: readonly bigint[]): bigint {
  if (values.length === 0) return 0n;
  const most = values.reduce((a, b) => (a > b ? a : b));
  return most - values.reduce((a, b) => (a < b ? a : b));
}

/** Millionths as a decimal of deals: `0.333333`. */
function inDeals(millionths: bigint): string {
  return `${millionths / 1_000_000n}.${String(millionths % 1_000_000n).padStart(6, '0')}`;
}
