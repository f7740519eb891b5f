import { canonicalJson } from '@throughline/contracts';
import { loadSql, type Queryable } from '@throughline/postgres';
import { readTold, rowOf, sharesOf, type Told } from './credit-tables.ts';
import type { DealPath } from './deal-paths.ts';
import type { Credit } from './deal.state.ts';

const readKeptCredit = loadSql(import.meta.url, './sql/read-kept-credit.sql');
const readKeptPaths = loadSql(import.meta.url, './sql/read-kept-paths.sql');

interface KeptCredit {
  readonly opportunity: string;
  readonly model: string;
  readonly said: string;
  readonly credit: object;
  readonly shares: readonly object[];
}

type KeptPath = DealPath & {
  readonly said: string;
  readonly creditEvents: number;
  readonly places: readonly number[];
};

/** What is kept of a deal for reports to read, beside what was told of it. */
export interface KeptDeal {
  readonly opportunity: string;
  readonly path: KeptPath | null;
  readonly credits: readonly KeptCredit[];
  readonly told: readonly Told[];
}

/** Every row of these deals. To be called in a transaction, on one snapshot or under their locks. */
export async function readKept(db: Queryable, opportunities: readonly string[]): Promise<KeptDeal[]> {
  const paths = await db.query<KeptPath>(readKeptPaths, [opportunities]);
  const credits = await db.query<KeptCredit>(readKeptCredit, [opportunities]);
  const events = await readTold(db, opportunities);
  const path = new Map(paths.rows.map((row) => [row.opportunity, row]));
  const credit = Map.groupBy(credits.rows, ({ opportunity }) => opportunity);
  const told = Map.groupBy(events, ({ opportunity }) => opportunity);
  return opportunities.map((opportunity) => ({
    ...{ opportunity, path: path.get(opportunity) ?? null },
    ...{ credits: credit.get(opportunity) ?? [], told: told.get(opportunity) ?? [] },
  }));
}

/** Whether the row of a deal, its path and the text that says them are one and the same. */
export function isPathAsSaid({ path, told }: KeptDeal): boolean {
  if (path === null) return false;
  const { said, creditEvents, places, ...row } = path;
  return (
    canonicalJson(row) === said &&
    places.every((place, at) => place === at + 1) &&
    creditEvents === (told[0]?.times ?? 0)
  );
}

/** Credits whose row or shares are not what their last event says, and what was told of which there is no row. */
export function differingCredits({ credits, told }: KeptDeal): {
  readonly restore: readonly Told[];
  readonly drop: readonly string[];
} {
  const kept = new Map(credits.map((it) => [it.model, it]));
  const models = new Set(told.map(({ model }) => model));
  return {
    restore: told.filter((event) => {
      const row = kept.get(event.model);
      return row === undefined || !isAsTold(row, event);
    }),
    drop: credits.filter(({ model }) => !models.has(model)).map(({ model }) => model),
  };
}

function isAsTold({ credit, shares }: KeptCredit, { eventId, said }: Told): boolean {
  const data = JSON.parse(said) as Credit;
  const dealt = sharesOf(data).toSorted((a, b) => (a.touch < b.touch ? -1 : 1));
  return (
    canonicalJson(credit) === canonicalJson(rowOf({ data, eventId })) &&
    canonicalJson(shares) === canonicalJson(dealt)
  );
}
