import type { NewRecord } from '@throughline/log';
import { loadSql, type Queryable } from '@throughline/postgres';

const addStatement = loadSql(import.meta.url, './add-to-outbox.sql');

/** A record on its way to the log. */
export interface OutboxRecord extends NewRecord {
  readonly topic: string;
  readonly eventId: string;
}

/**
 * Puts records into the outbox, in this order, all or none.
 * @param cap most rows the outbox may hold with them; null: no limit
 * @returns false when they would have gone over the cap and nothing was added
 */
export async function addToOutbox(
  queryable: Queryable,
  records: readonly OutboxRecord[],
  cap: number | null = null,
): Promise<boolean> {
  if (records.length === 0) return true;
  const { rowCount } = await queryable.query(addStatement, [
    records.map(({ topic }) => topic),
    records.map(({ key }) => key),
    records.map(({ value }) => value),
    records.map(({ headers }) => JSON.stringify(headers)),
    records.map(({ timestamp }) => timestamp),
    cap,
    records.map(({ eventId }) => eventId),
  ]);
  return rowCount === records.length;
}
