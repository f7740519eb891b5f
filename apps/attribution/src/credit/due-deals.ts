import { loadSql, type Database, type Queryable, type Transaction } from '@throughline/postgres';
import type { CreditBook } from './credit-book.ts';

const markDue = loadSql(import.meta.url, './sql/mark-due.sql');
const nextDue = loadSql(import.meta.url, './sql/next-due.sql');
const dropDue = loadSql(import.meta.url, './sql/drop-due.sql');

const CHUNK = 100;
const LOOK_MS = 25;

/**
 * Deals that are credited a little later. A batch of a thousand events may concern every deal there is: credited batch
 * by batch, reading a long history would credit each deal hundreds of times. Marked, each is credited once for all that
 * came meanwhile. A mark commits with the position that it stands for, and goes with the credit that it asked for.
 */
export class DueDeals {
  constructor(
    private readonly database: Database,
    private readonly book: CreditBook,
    private readonly now: () => Date,
  ) {}

  mark(tx: Transaction, opportunities: readonly string[]): Promise<unknown> {
    return tx.query(markDue, [opportunities]);
  }

  /** Credits some of them. @returns whether there were any */
  runOnce(): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<{ opportunity: string; marks: number }>(nextDue, [CHUNK]);
      if (rows.length === 0) return false;
      const deals = rows.map(({ opportunity }) => opportunity);
      const occasion = { recordedAt: this.now().toISOString(), traceparent: null, tracestate: null };
      await this.book.revise(tx, deals, occasion);
      await tx.query(dropDue, [deals, rows.map(({ marks }) => marks)]);
      return true;
    });
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
}
