import { CURRENCIES, minorDigits } from '@throughline/contracts';
import { loadSql, type Queryable, type Transaction } from '@throughline/postgres';

const findDiffering = loadSql(import.meta.url, './sql/differing-rates.sql');
const keepRate = loadSql(import.meta.url, './sql/keep-rate.sql');
const dropRate = loadSql(import.meta.url, './sql/drop-rate.sql');

const DIGITS = JSON.stringify(Object.fromEntries(CURRENCIES.map((code) => [code, minorDigits(code)])));

/** What was said last of a pair and a day; all that follows the day is null where no rate stands. */
interface SaidRate {
  readonly from: string;
  readonly to: string;
  readonly day: string;
  readonly rate: string | null;
  readonly factor: string | null;
  readonly by: string | null;
  readonly setAt: string | null;
  readonly eventId: string | null;
}

/** Pairs and days of which the row, in any column, is not what was said last, missing, or one that nobody said. */
export async function differingRates(db: Queryable): Promise<readonly SaidRate[]> {
  return (await db.query<SaidRate>(findDiffering, [DIGITS])).rows;
}

/**
 * Writes the rates whose rows differ as they were said last, without a word. Whoever sets a rate meanwhile waits, so that an
 * older saying is not written over a newer one.
 * @returns how many differed
 */
export async function mendRates(tx: Transaction): Promise<number> {
  await tx.query('lock table exchange_rate in share row exclusive mode');
  const differing = await differingRates(tx);
  // all first: one may stand under the event of another
  for (const { from, to, day } of differing) await tx.query(dropRate, [from, to, day]);
  for (const { from, to, day, rate, factor, by, setAt, eventId } of differing)
    if (rate !== null) await tx.query(keepRate, [from, to, day, rate, factor, by, setAt, eventId]);
  return differing.length;
}
