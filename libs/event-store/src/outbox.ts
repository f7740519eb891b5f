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
 * @returns the id of the last row; null when they would have gone over the cap and nothing was added
 */
export async function addToOutbox(
  queryable: Queryable,
  records: readonly OutboxRecord[],
  cap: number | null = null,
): Promise<string | null> {
  const { rows } = await queryable.query<{ id: string }>(addStatement, [
    records.map(({ topic }) => topic),
    records.map(({ key }) => key),
    records.map(({ value }) => value),
    records.map(({ headers }) => JSON.stringify(headers)),
    records.map(({ timestamp }) => timestamp),
    records.map(({ eventId }) => eventId),
    cap,
  ]);
  return rows.at(-1)?.id ?? null;
}
