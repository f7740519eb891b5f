import { loadSql, type Database, type Transaction } from '@throughline/postgres';
import type { CreditBook } from './credit-book.ts';

const take = loadSql(import.meta.url, './sql/take-recompute.sql');
const fold = loadSql(import.meta.url, './sql/fold-recomputes.sql');
const nextDeals = loadSql(import.meta.url, './sql/next-deals.sql');
const move = loadSql(import.meta.url, './sql/move-recompute.sql');

const CHUNK = 100;

interface Wish {
  readonly id: string;
  readonly closed_from: string | null;
  /** the last deal that was looked at; null: it has not begun */
  readonly after: string | null;
}

/**
 * Looks at deals again where their evidence did not change but what is concluded from it may: a model was defined, or
 * somebody asked.
 *
 * Guarantees:
 * - what was looked at commits with its credit; after a crash it goes on where it was
 * - wishes that are open when one begins are folded into it, so that a thousand definitions cost one round; one that has
 *   begun is not changed, since the deals behind it were looked at under what was defined then
 */
export class Recomputing {
  constructor(
    private readonly database: Database,
    private readonly book: Pick<CreditBook, 'revise'>,
    private readonly now: () => Date,
  ) {}

  /** One chunk of deals. @returns whether there was one */
  runOnce(): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<Wish>(take);
      const [wish] = rows;
      if (!wish) return false;
      const closedFrom = wish.after === null ? await widened(tx, wish) : wish.closed_from;
      const found = await tx.query<{ opportunity: string }>(nextDeals, [wish.after, closedFrom, CHUNK]);
      const deals = found.rows.map(({ opportunity }) => opportunity);
      const occasion = { recordedAt: this.now().toISOString(), traceparent: null, tracestate: null };
      const revised = await this.book.revise(tx, deals, occasion);
      await tx.query(move, [wish.id, deals.at(-1) ?? null, deals.length, revised, deals.length < CHUNK]);
      return true;
    });
  }

  /** How many wishes wait or are under way. */
  async open(): Promise<number> {
    const { rows } = await this.database.query<{ open: number }>(
      'select count(*)::int as open from recompute where done_at is null',
    );
    return rows[0]?.open ?? 0;
  }
}

/** Takes the wishes that have not begun into one that begins. @returns from when on deals are looked at for all of them */
async function widened(tx: Transaction, { id }: Wish): Promise<string | null> {
  const { rows } = await tx.query<Pick<Wish, 'closed_from'>>(fold, [id]);
  return rows[0]?.closed_from ?? null;
}
