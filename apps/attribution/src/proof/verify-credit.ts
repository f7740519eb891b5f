import { canonicalJson } from '@throughline/contracts';
import { loadSql, type Database, type Queryable, type Transaction } from '@throughline/postgres';
import { decideCredit } from '../credit/credit.decider.ts';
import { readDefinitions } from '../credit/credit-book.ts';
import { pathOf } from '../credit/deal-paths.ts';
import type { Credit, Deal, Definition } from '../credit/deal.state.ts';
import { readDeals } from '../credit/deals.query.ts';
import { DigestSum } from './digest-sum.ts';
import { differingCredits, isPathAsSaid, readKept, type KeptDeal } from '../credit/kept-rows.ts';

const nextDeals = loadSql(import.meta.url, '../credit/sql/next-deals.sql');
const lockDeals = loadSql(import.meta.url, '../credit/sql/lock-deals.sql');
const findStrangers = loadSql(import.meta.url, './sql/find-strangers.sql');

const CHUNK = 200;
/** How much of what differs is told by name. */
export const MOST_NAMED = 100;

export interface CreditVerified {
  readonly equal: boolean;
  readonly deals: number;
  /** credits in force of deals that are won; what a deal was credited that no longer is depends on when it was looked at */
  readonly credits: number;
  readonly inForce: string;
  readonly fromScratch: string;
  /** deals of which any row is another one, a hundred at most */
  readonly differing: readonly string[];
}

/**
 * Computes the credit of every deal from the evidence, as if there had never been any, and compares it bit for bit with
 * what is in force: with the events that said it, and with every row that reports read. A deal that differs, or that the
 * evidence does not know, may only wait for what came just now: it is looked at once more, under its lock, after
 * `caughtUp`.
 */
export async function verifyCredit(
  database: Database,
  caughtUp: () => Promise<void>,
): Promise<CreditVerified> {
  const sides = { inForce: new DigestSum(), fromScratch: new DigestSum() };
  const suspects: string[] = [];
  let deals = 0;
  for (let after: string | null = null; ;) {
    const { rows }: { rows: { opportunity: string }[] } = await database.query(nextDeals, [
      after,
      null,
      CHUNK,
    ]);
    const chunk = rows.map(({ opportunity }) => opportunity);
    if (chunk.length === 0) break;
    deals += chunk.length;
    for (const compared of await inOneSnapshot(database, chunk)) {
      if (compared.equal) count(sides, compared);
      else suspects.push(compared.opportunity);
    }
    after = chunk.at(-1) ?? null;
  }
  const strangers = await database.query<{ opportunity: string }>(findStrangers);
  suspects.push(...strangers.rows.map(({ opportunity }) => opportunity));
  const differing = suspects.length === 0 ? [] : await again(database, suspects, caughtUp, sides);
  return {
    ...{ equal: differing.length === 0, deals, credits: sides.inForce.count },
    ...{ inForce: sides.inForce.hex, fromScratch: sides.fromScratch.hex },
    differing: differing.slice(0, MOST_NAMED),
  };
}

interface Compared {
  readonly opportunity: string;
  readonly equal: boolean;
  readonly inForce: readonly string[];
  readonly fromScratch: readonly string[];
}
type Sides = Readonly<Record<'inForce' | 'fromScratch', DigestSum>>;

async function again(
  database: Database,
  suspects: readonly string[],
  caughtUp: () => Promise<void>,
  sides: Sides,
): Promise<string[]> {
  await caughtUp();
  const differing: string[] = [];
  for (let at = 0; at < suspects.length; at += CHUNK) {
    const chunk = suspects.slice(at, at + CHUNK);
    const compared = await database.transaction(async (tx) => {
      await tx.query(lockDeals, [chunk]);
      return compare(tx, chunk);
    });
    for (const each of compared) {
      count(sides, each);
      if (!each.equal) differing.push(each.opportunity);
    }
  }
  return differing;
}

function inOneSnapshot(database: Database, opportunities: readonly string[]): Promise<Compared[]> {
  return database.transaction(async (tx: Transaction) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    return compare(tx, opportunities);
  });
}

/** Each of these deals; one of which there is nothing on either side any more is right. */
async function compare(db: Queryable, opportunities: readonly string[]): Promise<Compared[]> {
  const [deals, definitions] = [await readDeals(db, opportunities), await readDefinitions(db)];
  const known = new Map(deals.map((deal) => [deal.opportunity, deal]));
  const kept = await readKept(db, opportunities);
  return kept.map((rows) => compareOne(rows, known.get(rows.opportunity), definitions));
}

function compareOne(kept: KeptDeal, deal: Deal | undefined, definitions: readonly Definition[]): Compared {
  const { opportunity, credits, path } = kept;
  const inForce = credits.map(({ said }) => said);
  const { restore, drop } = differingCredits(kept);
  const isAsTold = restore.length === 0 && drop.length === 0;
  if (deal === undefined) {
    return { opportunity, equal: path === null, inForce: wonOf(inForce), fromScratch: [] };
  }
  const changed = new Map(
    decideCredit(deal, definitions, credits).map(({ data }) => [data.model.id, canonicalJson(data)]),
  );
  const standing = credits.filter(({ model }) => !changed.has(model) && !drop.includes(model));
  const isRight = changed.size === 0 && path?.said === canonicalJson(pathOf(deal));
  return {
    opportunity,
    equal: isRight && isAsTold && isPathAsSaid(kept),
    inForce: wonOf(inForce),
    fromScratch: wonOf([...standing.map(({ said }) => said), ...changed.values()]),
  };
}

/** What is said of won deals: of others it depends on whether they were looked at while they were won. */
function wonOf(said: readonly string[]): string[] {
  return said.filter((text) => (JSON.parse(text) as Partial<Credit>).outcome === 'won');
}

function count({ inForce, fromScratch }: Sides, compared: Compared): void {
  for (const said of compared.inForce) inForce.add(said);
  for (const said of compared.fromScratch) fromScratch.add(said);
}
