import type { Queryable } from '@throughline/postgres';
import { worthIn } from '../rate/close-day.ts';
import { refuseUnconverted, type Unconverted } from '../rate/missing-rate.ts';
import { RatesTo } from '../rate/rates-to.ts';

export interface PathsAsk {
  readonly outcome: 'won' | 'lost' | 'open';
  readonly by: 'deals' | 'amount';
  readonly from: string | null;
  readonly to: string | null;
  readonly limit: number;
  /** undefined: each amount in its own */
  readonly currency: string | undefined;
  readonly now: Date;
}

/** From where amounts are read: the deal's own, or in the currency at $4, of open deals at $5. */
const OWN = { amounts: 'd.currency, d.amount', join: '' };
const CONVERTED = {
  amounts: 'w.currency, w.amount',
  join: `join evidence.opportunity o on o.opportunity = d.opportunity ${worthIn('$4', '$5')}`,
};

/** Deals of an outcome by the channels on their path, repeats in a row as one; the path of no touch is empty. */
const pathOf = ({ amounts, join }: typeof OWN) => `
  with step as (
    select p.opportunity, p.place, t.channel,
           lag(t.channel) over w is not distinct from t.channel and lag(p.place) over w is not null as again
      from deal_touch p join evidence.touch t on t.event_id = p.touch
    window w as (partition by p.opportunity order by p.place)),
  path as (
    select d.opportunity, ${amounts}, coalesce(s.channels, '[]') as channels
      from deal d ${join}
      left join lateral (
        select jsonb_agg(step.channel order by step.place) as channels
          from step where step.opportunity = d.opportunity and not step.again) s on true
     where d.outcome = $1 and ($2::timestamptz is null or d.closed_at >= $2)
       and ($3::timestamptz is null or d.closed_at < $3))`;
const grouped = `
  select channels, currency, count(*)::int as deals, sum(amount)::text as amount,
         (array_agg(opportunity order by opportunity collate "C"))[1:5] as examples
    from path group by channels, currency`;

interface PathRow {
  readonly channels: readonly (string | null)[];
  readonly currency: string | null;
  readonly deals: number;
  readonly amount: string | null;
}

/**
 * The paths that most deals took, or that are worth most, and all others as one rest by currency.
 * @throws ProblemError `missing-rate`
 */
export async function topPaths(db: Queryable, ask: PathsAsk) {
  const rows = await readPaths(db, ask);
  const value = (row: PathRow) => (ask.by === 'deals' ? BigInt(row.deals) : BigInt(row.amount ?? -1));
  const name = (row: PathRow) => JSON.stringify([row.currency, row.channels]);
  const ordered = rows.toSorted((a, b) => {
    const [x, y] = [value(a), value(b)];
    return x === y ? (name(a) < name(b) ? -1 : 1) : x < y ? 1 : -1;
  });
  return {
    items: ordered.slice(0, ask.limit),
    rest: summed(ordered.slice(ask.limit)),
    total: summed(ordered),
    next: null,
  };
}

async function readPaths(db: Queryable, { outcome, from, to, currency, now }: PathsAsk): Promise<PathRow[]> {
  const window = [outcome, from, to];
  if (currency === undefined) return (await db.query<PathRow>(pathOf(OWN) + grouped, window)).rows;
  const values = [...window, currency, now.toISOString()];
  const { rows } = await db.query<PathRow>(pathOf(CONVERTED) + grouped, values);
  if (rows.some((row) => row.currency !== null && row.currency !== currency)) {
    const foreign = `${pathOf(CONVERTED)} select opportunity, currency from path where currency <> $4`;
    const deals = await db.query<Unconverted>(foreign, values);
    await refuseUnconverted(db, { rates: await RatesTo.read(db, currency), now }, deals.rows);
  }
  return rows;
}

function summed(rows: readonly PathRow[]) {
  return [...Map.groupBy(rows, ({ currency }) => currency)].map(([currency, of]) => {
    const known = of.filter(({ amount }) => amount !== null);
    const amount = known.reduce((sum, row) => sum + BigInt(row.amount ?? 0), 0n);
    return {
      ...{ currency, paths: of.length, deals: of.reduce((sum, { deals }) => sum + deals, 0) },
      amount: known.length === 0 ? null : String(amount),
    };
  });
}
