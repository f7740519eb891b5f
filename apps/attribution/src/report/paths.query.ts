import type { Queryable } from '@throughline/postgres';

export interface PathsAsk {
  readonly outcome: 'won' | 'lost' | 'open';
  readonly by: 'deals' | 'amount';
  readonly from: string | null;
  readonly to: string | null;
  readonly limit: number;
}

/** Deals of an outcome by the channels on their path, repeats in a row as one; the path of no touch is empty. */
const paths = `
  with step as (
    select p.opportunity, p.place, t.channel,
           lag(t.channel) over w is not distinct from t.channel and lag(p.place) over w is not null as again
      from deal_touch p join evidence.touch t on t.event_id = p.touch
    window w as (partition by p.opportunity order by p.place)),
  path as (
    select d.opportunity, d.currency, d.amount, coalesce(s.channels, '[]') as channels
      from deal d
      left join lateral (
        select jsonb_agg(step.channel order by step.place) as channels
          from step where step.opportunity = d.opportunity and not step.again) s on true
     where d.outcome = $1 and ($2::timestamptz is null or d.closed_at >= $2)
       and ($3::timestamptz is null or d.closed_at < $3))
  select channels, currency, count(*)::int as deals, sum(amount)::text as amount,
         (array_agg(opportunity order by opportunity collate "C"))[1:5] as examples
    from path group by channels, currency`;

interface PathRow {
  readonly channels: readonly (string | null)[];
  readonly currency: string | null;
  readonly deals: number;
  readonly amount: string | null;
}

/** The paths that most deals took, or that are worth most, and all others as one rest by currency. */
export async function topPaths(db: Queryable, ask: PathsAsk) {
  const { rows } = await db.query<PathRow>(paths, [ask.outcome, ask.from, ask.to]);
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
