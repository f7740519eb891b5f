import { loadSql, type Queryable } from '@throughline/postgres';
import type { NewRecord, Placement } from '../log.ts';
import { partitionOf } from '../partition-of.ts';

const appendStatement = loadSql(import.meta.url, './append.sql');

/** Appends in one statement; in the order given, each to the partition of its key. */
export async function appendRecords(
  database: Queryable,
  topic: string,
  partitions: number,
  records: readonly NewRecord[],
): Promise<Placement[]> {
  const { rows } = await database.query<{ partition: number; offset: string }>(appendStatement, [
    topic,
    records.map(({ key }) => partitionOf(key, partitions)),
    records.map(({ key }) => key),
    records.map(({ value }) => value),
    records.map(({ headers }) => JSON.stringify(headers)),
    records.map(({ timestamp }) => timestamp),
  ]);
  return rows.map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) }));
}
