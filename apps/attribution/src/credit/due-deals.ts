import { loadSql, type Database, type Queryable, type Transaction } from '@throughline/postgres';
import type { CreditBook } from './credit-book.ts';
import { Portion } from './portion.ts';

const markDue = loadSql(import.meta.url, './sql/mark-due.sql');
const leadDue = loadSql(import.meta.url, './sql/lead-due.sql');
const nextDue = loadSql(import.meta.url, './sql/next-due.sql');
const dropDue = loadSql(import.meta.url, './sql/drop-due.sql');
const setApart = loadSql(import.meta.url, './sql/set-apart.sql');

const LOOK_MS = 25;
const MOST_NAMED = 10;

/** A deal that could not be credited, and why. */
export interface DealApart {
  readonly opportunity: string;
  readonly failures: number;
  readonly error: string;
}

interface Due {
  readonly opportunity: string;
  readonly marks: number;
}

/**
 * Deals that are credited a little later. A batch of a thousand events may concern every deal there is: credited batch
 * by batch, reading a long history would credit each deal hundreds of times. Marked, each is credited once for all that
 * came meanwhile.
 *
 * Guarantees:
 * - a mark commits with the position that it stands for, and goes with the credit that it asked for
 * - one drainer at a time, which reads marks only once it is the one
 * - a deal that fails is set apart: it stays due and is tried again later, and the others go on
 */
export class DueDeals {
  readonly #portion = new Portion();

  constructor(
    private readonly database: Database,
    private readonly book: Pick<CreditBook, 'reviseSome'>,
    private readonly now: () => Date,
  ) {}

  mark(tx: Transaction, opportunities: readonly string[]): Promise<unknown> {
    return tx.query(markDue, [opportunities]);
  }

  /**
   * Credits some of them, or finds one that cannot be credited. @returns whether there were any
   * @throws what crediting several throws; the next runs take them one by one
   */
  async runOnce(): Promise<boolean> {
    let due: readonly Due[] = [];
    try {
      await this.database.transaction(async (tx) => {
        due = await this.#next(tx);
        if (due.length > 0) await this.#credit(tx, due);
      });
      this.#portion.succeeded();
      return due.length > 0;
    } catch (error) {
      this.#portion.failed();
      const [only] = due;
      if (due.length !== 1 || !only) throw error;
      await this.setApart(this.database, only.opportunity, error);
      return true;
    }
  }

  /** It is due, and not tried before a while has passed. @param error what crediting it threw */
  setApart(db: Queryable, opportunity: string, error: unknown): Promise<unknown> {
    return db.query(setApart, [opportunity, error instanceof Error ? error.message : String(error)]);
  }

  /** Those that could not be credited, some of them by name. */
  async apart(): Promise<readonly DealApart[]> {
    const { rows } = await this.database.query<DealApart>(
      `select opportunity, failures, error from due_deal where failures > 0
        order by failures desc, opportunity collate "C" limit ${MOST_NAMED}`,
    );
    return rows;
  }

  async count(db: Queryable = this.database): Promise<number> {
    return (await db.query<{ due: number }>('select count(*)::int as due from due_deal')).rows[0]?.due ?? 0;
  }

  /** Waits until those that are due now are credited. @returns false when they are not within `ms` */
  async credited(ms: number): Promise<boolean> {
    const { rows } = await this.database.query<{ now: string }>('select clock_timestamp()::text as now');
    for (const end = performance.now() + ms; ;) {
      const left = await this.database.query(
        'select 1 from due_deal where marked_at <= $1::timestamptz limit 1',
        [rows[0]?.now],
      );
      if (left.rowCount === 0) return true;
      if (performance.now() >= end) return false;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async #next(tx: Transaction): Promise<readonly Due[]> {
    const { rows } = await tx.query<{ leads: boolean }>(leadDue);
    if (rows[0]?.leads !== true) return [];
    return (await tx.query<Due>(nextDue, [this.#portion.deals])).rows;
  }

  async #credit(tx: Transaction, due: readonly Due[]): Promise<void> {
    const occasion = { recordedAt: this.now().toISOString(), traceparent: null, tracestate: null };
    const deals = due.map(({ opportunity }) => opportunity);
    const { done } = await this.book.reviseSome(tx, deals, occasion);
    const credited = due.slice(0, done);
    await tx.query(dropDue, [
      credited.map(({ opportunity }) => opportunity),
      credited.map(({ marks }) => marks),
    ]);
  }
}
