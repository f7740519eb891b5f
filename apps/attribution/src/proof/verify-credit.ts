import { canonicalJson } from '@throughline/contracts';
import { loadSql, type Database, type Queryable, type Transaction } from '@throughline/postgres';
import { decideCredit } from '../credit/credit.decider.ts';
import { creditInForce, readDefinitions } from '../credit/credit-book.ts';
import { pathOf } from '../credit/deal-paths.ts';
import { readDeals } from '../credit/deals.query.ts';
import { DigestSum } from './digest-sum.ts';

const nextDeals = loadSql(import.meta.url, '../credit/sql/next-deals.sql');
const lockDeals = loadSql(import.meta.url, '../credit/sql/lock-deals.sql');
const readKeptDeals = loadSql(import.meta.url, '../credit/sql/read-kept-deals.sql');

const CHUNK = 200;
const MOST_NAMED = 100;

export interface CreditVerified {
  readonly equal: boolean;
  readonly deals: number;
  /** credits in force, of deals that are won and of those that no longer are */
  readonly credits: number;
  readonly inForce: string;
  readonly fromScratch: string;
  /** deals whose credit or path is another one, a hundred at most */
  readonly differing: readonly string[];
}

/**
 * Computes the credit of every deal from the evidence, as if there had never been any, and compares it bit for bit with
 * what is in force. A deal that differs may only wait for what came just now: it is looked at once more, under its lock,
 * after `caughtUp`.
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

async function compare(db: Queryable, opportunities: readonly string[]): Promise<Compared[]> {
  const [deals, definitions] = [await readDeals(db, opportunities), await readDefinitions(db)];
  const inForce = await creditInForce(db, opportunities);
  const paths = await db.query<{ opportunity: string; said: string }>(readKeptDeals, [opportunities]);
  const kept = new Map(paths.rows.map(({ opportunity, said }) => [opportunity, said]));
  return deals.map((deal) => {
    const { opportunity } = deal;
    const said = inForce.get(opportunity) ?? [];
    const changed = new Map(
      decideCredit(deal, definitions, said).map(({ data }) => [data.model.id, canonicalJson(data)]),
    );
    const standing = said.filter(({ model }) => !changed.has(model)).map((it) => it.said);
    return {
      opportunity,
      equal: changed.size === 0 && kept.get(opportunity) === canonicalJson(pathOf(deal)),
      inForce: said.map((it) => it.said),
      fromScratch: [...standing, ...changed.values()],
    };
  });
}

function count({ inForce, fromScratch }: Sides, compared: Compared): void {
  for (const said of compared.inForce) inForce.add(said);
  for (const said of compared.fromScratch) fromScratch.add(said);
}
