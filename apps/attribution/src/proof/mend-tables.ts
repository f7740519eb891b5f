import { loadSql, type Database, type Transaction } from '@throughline/postgres';
import { writeCredit } from '../credit/credit-tables.ts';
import { pathOf, writePaths } from '../credit/deal-paths.ts';
import type { Credit } from '../credit/deal.state.ts';
import { readDeals } from '../credit/deals.query.ts';
import { differingCredits, isPathAsSaid, readKept, type KeptDeal } from './kept-rows.ts';

const nextKept = loadSql(import.meta.url, './sql/next-kept.sql');
const dropCredit = loadSql(import.meta.url, './sql/drop-credit.sql');
const distrustPaths = loadSql(import.meta.url, './sql/distrust-paths.sql');
const dropDeals = loadSql(import.meta.url, './sql/drop-deals.sql');
const lockDeals = loadSql(import.meta.url, '../credit/sql/lock-deals.sql');
const dropShares = loadSql(import.meta.url, '../credit/sql/drop-shares.sql');
const dropDealTouches = loadSql(import.meta.url, '../credit/sql/drop-deal-touches.sql');

const CHUNK = 200;

/**
 * Writes the tables that reports read where they are not what was said: credit and shares as the last event has them,
 * paths as the evidence has them. Nothing is said by it. What is kept of a deal that the evidence does not know goes,
 * where nothing was ever told of it.
 * @returns how many credits were not as they were said
 */
export async function mendTables(database: Database): Promise<number> {
  let mended = 0;
  for (let after: string | null = null; ;) {
    const { rows }: { rows: { opportunity: string }[] } = await database.query(nextKept, [after, CHUNK]);
    const chunk = rows.map(({ opportunity }) => opportunity);
    if (chunk.length === 0) return mended;
    mended += await database.transaction(async (tx) => {
      await tx.query(lockDeals, [chunk]);
      return mend(tx, await readKept(tx, chunk));
    });
    after = chunk.at(-1) ?? null;
  }
}

async function mend(tx: Transaction, kept: readonly KeptDeal[]): Promise<number> {
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
  if (restore.length > 0) {
    await writeCredit(
      tx,
      restore.map(({ eventId, said }) => ({ data: JSON.parse(said) as Credit, eventId })),
    );
  }
  await mendPaths(tx, kept);
  return restore.length + drop.length;
}

async function mendPaths(tx: Transaction, kept: readonly KeptDeal[]): Promise<void> {
  const deals = await readDeals(
    tx,
    kept.map(({ opportunity }) => opportunity),
  );
  const known = new Set(deals.map(({ opportunity }) => opportunity));
  const wrong = kept.filter((deal) => known.has(deal.opportunity) && !isPathAsSaid(deal));
  if (wrong.length > 0) {
    const names = wrong.map(({ opportunity }) => opportunity);
    await tx.query(distrustPaths, [names, wrong.map(({ told }) => told[0]?.times ?? 0)]);
    await writePaths(tx, deals.filter(({ opportunity }) => names.includes(opportunity)).map(pathOf));
  }
  const strangers = kept.filter(({ opportunity, told }) => !known.has(opportunity) && told.length === 0);
  if (strangers.length === 0) return;
  const names = strangers.map(({ opportunity }) => opportunity);
  await tx.query(dropDealTouches, [names]);
  await tx.query(dropDeals, [names]);
}
