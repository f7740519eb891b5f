import { canonicalJson } from '@throughline/contracts';
import { loadSql, type Transaction } from '@throughline/postgres';
import { countedTouches, type Counting } from './counted-touches.ts';
import { readTold, restoreCredit } from './credit-tables.ts';
import type { Deal } from './deal.state.ts';

const readKeptDeals = loadSql(import.meta.url, './sql/read-kept-deals.sql');
const putDeals = loadSql(import.meta.url, './sql/put-deals.sql');
const dropDealTouches = loadSql(import.meta.url, './sql/drop-deal-touches.sql');
const putDealTouches = loadSql(import.meta.url, './sql/put-deal-touches.sql');

/** The touches that paths, assists and data-driven models are read from, and what the standard models count. */
export const STANDARD_COUNTING: Counting = {
  scope: 'account',
  exposures: false,
  windowDays: 365,
  mostRecent: null,
  severalConversions: 'reuse',
};

/** A deal and the touches on its path, in order. */
export interface DealPath {
  readonly opportunity: string;
  readonly outcome: Deal['outcome'];
  readonly account: string | null;
  readonly owner: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly opened_at: string | null;
  readonly closed_at: string | null;
  readonly touches: readonly { readonly touch: string; readonly person: string | null }[];
}

/** The path of a deal, won, lost or open; of a close that nobody dated everything that is dated. */
export function pathOf(deal: Deal): DealPath {
  const { opportunity, outcome, account, owner, amount, currency, opened, closed } = deal;
  const { journey } = countedTouches(deal, STANDARD_COUNTING);
  return {
    ...{ opportunity, outcome, account, owner, currency, opened_at: opened.at, closed_at: closed.at },
    amount: amount === null ? null : String(amount),
    touches: journey.touches.map(({ id: touch, person }) => ({ touch, person })),
  };
}

/**
 * Keeps paths; those that are as they were are not written again. Where nothing was kept of a deal that was told of, what
 * was told stands again.
 */
export async function writePaths(tx: Transaction, paths: readonly DealPath[]): Promise<void> {
  const { rows } = await tx.query<{ opportunity: string; said: string }>(readKeptDeals, [
    paths.map(({ opportunity }) => opportunity),
  ]);
  const kept = new Map(rows.map(({ opportunity, said }) => [opportunity, said]));
  const changed = paths
    .map((path) => ({ ...path, said: canonicalJson(path) }))
    .filter(({ opportunity, said }) => kept.get(opportunity) !== said);
  if (changed.length === 0) return;
  const unkept = changed.flatMap(({ opportunity }) => (kept.has(opportunity) ? [] : [opportunity]));
  const told = unkept.length === 0 ? [] : await readTold(tx, unkept);
  const times = new Map(told.map((it) => [it.opportunity, it.times]));
  const deals = changed.map(({ touches: _, ...row }) => ({
    ...row,
    credit_events: times.get(row.opportunity) ?? 0,
  }));
  const same = changed.map(({ opportunity, touches: on }) => sameUntil(on, kept.get(opportunity)));
  const touches = changed.flatMap(({ opportunity, touches: on }, at) =>
    on.map(({ touch, person }, index) => ({ opportunity, place: index + 1, touch, person })).slice(same[at]),
  );
  await tx.query(dropDealTouches, [changed.map(({ opportunity }) => opportunity), same]);
  await tx.query(putDeals, [JSON.stringify(deals)]);
  await tx.query(putDealTouches, [JSON.stringify(touches)]);
  await restoreCredit(tx, told);
}

/** How many places of a path are as they were: of a long one most, which are not written again. */
function sameUntil(touches: DealPath['touches'], said: string | undefined): number {
  const before = said ? (JSON.parse(said) as DealPath).touches : [];
  const at = touches.findIndex((it, place) => {
    const other = before[place];
    return it.touch !== other?.touch || it.person !== other.person;
  });
  return at < 0 ? touches.length : at;
}
