import { loadSql, type Database, type Transaction } from '@throughline/postgres';
import { mendRates } from '../rate/mend-rates.ts';
import type { CreditBook, Revised } from './credit-book.ts';
import type { DueDeals } from './due-deals.ts';
import { Portion } from './portion.ts';

const take = loadSql(import.meta.url, './sql/take-recompute.sql');
const fold = loadSql(import.meta.url, './sql/fold-recomputes.sql');
const nextDeals = loadSql(import.meta.url, './sql/next-deals.sql');
const nextKeptDeals = loadSql(import.meta.url, './sql/next-kept-deals.sql');
const move = loadSql(import.meta.url, './sql/move-recompute.sql');

type Revise = (tx: Transaction, deals: readonly string[], mends: boolean) => Promise<Revised>;
const UNTRACED = { traceparent: null, tracestate: null };

interface Wish {
  readonly id: string;
  readonly closed_from: string | null;
  /** whether every row is held to what was told, and deals that the evidence does not know are looked at too */
  readonly mends: boolean;
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
 * - where a wish mends, rows that are not what was told are written again with the credit of their deal, without an event;
 *   deals of which only rows here tell are looked at too, and go; exchange rates that are not what was said too
 * - a deal that fails is left to those that are due, and the others go on
 */
export class Recomputing {
  readonly #portion = new Portion();

  constructor(
    private readonly database: Database,
    private readonly book: Pick<CreditBook, 'reviseSome' | 'mendSome'>,
    private readonly due: Pick<DueDeals, 'setApart'>,
    private readonly now: () => Date,
  ) {}

  /**
   * Looks at some deals. @returns whether there were any wishes
   * @throws what crediting several throws; the next runs take them one by one
   */
  async runOnce(): Promise<boolean> {
    const revise: Revise = (tx, deals, mends) => {
      const occasion = { recordedAt: this.now().toISOString(), ...UNTRACED };
      return mends ? this.book.mendSome(tx, deals, occasion) : this.book.reviseSome(tx, deals, occasion);
    };
    const taken: string[] = [];
    try {
      const found = await this.#next(this.#portion.deals, revise, taken);
      this.#portion.succeeded();
      return found;
    } catch (error) {
      this.#portion.failed();
      const [failed] = taken;
      if (taken.length !== 1) throw error;
      return this.#next(1, async (tx, [deal]) => {
        if (deal !== failed) throw error;
        await this.due.setApart(tx, deal ?? '', error);
        return { done: 1, said: 0 };
      });
    }
  }

  /** @param taken is told which deals are in hand */
  #next(most: number, revise: Revise, taken: string[] = []): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<Wish>(take);
      const [wish] = rows;
      if (!wish) return false;
      const { closed_from, mends } = wish.after === null ? await widened(tx, wish) : wish;
      const found = mends
        ? await tx.query<{ opportunity: string }>(nextKeptDeals, [wish.after, most])
        : await tx.query<{ opportunity: string }>(nextDeals, [wish.after, closed_from, most]);
      taken.push(...found.rows.map(({ opportunity }) => opportunity));
      const { done, said } = await revise(tx, taken, mends);
      const last = done === taken.length && taken.length < most;
      // last, so that whoever sets a rate need not wait for the credit of deals
      const rates = mends && last ? await mendRates(tx) : 0;
      await tx.query(move, [wish.id, taken[done - 1] ?? null, done, said + rates, last]);
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

/** Takes the wishes that have not begun into one that begins. @returns what is looked at for all of them */
async function widened(tx: Transaction, wish: Wish): Promise<Pick<Wish, 'closed_from' | 'mends'>> {
  const { rows } = await tx.query<Pick<Wish, 'closed_from' | 'mends'>>(fold, [wish.id]);
  return rows[0] ?? wish;
}
