import { loadSql, type Transaction } from '@throughline/postgres';
import { restoreCredit } from './credit-tables.ts';
import { differingCredits, isPathAsSaid, readKept } from './kept-rows.ts';

const dropCredit = loadSql(import.meta.url, './sql/drop-credit.sql');
const distrustPaths = loadSql(import.meta.url, './sql/distrust-paths.sql');
const dropShares = loadSql(import.meta.url, './sql/drop-shares.sql');

/**
 * Writes the credit and shares of these deals as their last events have them, where a row is another one, and drops what
 * nobody said; a path that is not what it says of itself is taken for none, to be written with the next credit. Nothing is
 * said by it. To be called under the locks of the deals.
 * @returns how many credits were not as they were said
 */
export async function mendRows(tx: Transaction, opportunities: readonly string[]): Promise<number> {
  const kept = await readKept(tx, opportunities);
  const differing = kept.map((deal) => ({ deal, credits: differingCredits(deal) }));
  const drop = differing.flatMap(({ deal: { opportunity }, credits }) =>
    credits.drop.map((model) => ({ opportunity, model })),
  );
  if (drop.length > 0) {
    const gone = [drop.map(({ opportunity }) => opportunity), drop.map(({ model }) => model)];
    await tx.query(dropShares, gone);
    await tx.query(dropCredit, gone);
  }
  const restore = differing.flatMap(({ credits }) => credits.restore);
  // a deal without a row has no credit either until it has one, and then all that was told (writePaths)
  const rowless = new Set(kept.flatMap(({ opportunity, path }) => (path === null ? [opportunity] : [])));
  await restoreCredit(
    tx,
    restore.filter(({ opportunity }) => !rowless.has(opportunity)),
  );
  const wrong = kept.filter((deal) => !rowless.has(deal.opportunity) && !isPathAsSaid(deal));
  if (wrong.length > 0) {
    const names = wrong.map(({ opportunity }) => opportunity);
    await tx.query(distrustPaths, [names, wrong.map(({ told }) => told[0]?.times ?? 0)]);
  }
  return restore.length + drop.length;
}
