import { loadSql, type Database } from '@throughline/postgres';
import type { CreditBook } from './credit-book.ts';

const take = loadSql(import.meta.url, './sql/take-recompute.sql');
const nextDeals = loadSql(import.meta.url, './sql/next-deals.sql');
const move = loadSql(import.meta.url, './sql/move-recompute.sql');

const CHUNK = 100;

/**
 * Looks at deals again where their evidence did not change but what is concluded from it may: a model was defined, or
 * somebody asked. What was looked at commits with its credit; after a crash it goes on where it was.
 */
export class Recomputing {
  constructor(
    private readonly database: Database,
    private readonly book: CreditBook,
    private readonly now: () => Date,
  ) {}

  /** One chunk of deals. @returns whether there was one */
  runOnce(): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<{ id: string; closed_from: string | null; after: string | null }>(take);
      const [wish] = rows;
      if (!wish) return false;
      const found = await tx.query<{ opportunity: string }>(nextDeals, [wish.after, wish.closed_from, CHUNK]);
      const deals = found.rows.map(({ opportunity }) => opportunity);
      const occasion = { recordedAt: this.now().toISOString(), traceparent: null, tracestate: null };
      const revised = await this.book.revise(tx, deals, occasion);
      await tx.query(move, [wish.id, deals.at(-1) ?? null, deals.length, revised, deals.length < CHUNK]);
      return true;
    });
  }
}
