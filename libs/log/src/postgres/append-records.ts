import { loadSql, type Queryable } from '@throughline/postgres';
import type { NewRecord, Placement } from '../log.ts';
import { partitionOf } from '../partition-of.ts';

const appendStatement = loadSql(import.meta.url, './append.sql');

/** Of the time a send has, as long as it may wait for the heads: the server gives up before its caller does. */
const LOCK_PART = 0.9;

/** Appends in one statement; in the order given, each to the partition of its key. */
export async function appendRecords(
  database: Queryable,
  topic: string,
  partitions: number,
  records: readonly NewRecord[],
  timeoutMs = 10_000,
): Promise<Placement[]> {
  const { rows } = await database.query<{ partition: number; offset: string }>(appendStatement, [
    topic,
    records.map(({ key }) => partitionOf(key, partitions)),
    records.map(({ key }) => key),
    records.map(({ value }) => value),
    records.map(({ headers }) => JSON.stringify(headers)),
    records.map(({ timestamp }) => timestamp),
    Math.ceil(timeoutMs * LOCK_PART),
  ]);
  return rows.map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) }));
}
