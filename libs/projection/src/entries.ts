import type { Transaction } from '@throughline/postgres';
import { copyAll } from './copy-all.ts';
import { encoderOf, type Copied } from './copy.ts';
import type { ReadItem } from './item.ts';

/** The columns of `entry` that an event fills. */
export const ENTRY: Copied = {
  table: 'entry',
  columns: {
    event_id: 'uuid',
    name: 'text',
    source: 'text',
    topic: 'text',
    partition: 'int',
    offset: 'bigint',
    key: 'text',
    stream: 'text',
    version: 'int',
    occurred_at: 'timestamptz',
    recorded_at: 'timestamptz',
    payload_hash: 'text',
  },
};
const encode = encoderOf(ENTRY);

/** An entry was taken by another partition between reading and writing: read again. */
export class EntryTaken extends Error {
  readonly retriable = true;
}

export function entryLine({ record, key, read: { event, hash } }: ReadItem): string {
  return encode({
    event_id: event.id,
    name: event.name,
    source: event.source,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    key,
    stream: event.stream?.id ?? null,
    version: event.stream?.version ?? null,
    occurred_at: event.occurredAt,
    recorded_at: event.recordedAt,
    payload_hash: hash,
  });
}

/**
 * One entry an event, in the order of their ids: two partitions that share several would else wait for each other.
 * @throws EntryTaken, when the other partition has committed
 */
export async function writeEntries(tx: Transaction, applied: readonly ReadItem[]): Promise<void> {
  // the id is the first column
  const lines = applied.map(entryLine).sort();
  try {
    await copyAll(tx, [{ into: ENTRY, lines }]);
  } catch (error) {
    const { code, constraint } = error as { code?: unknown; constraint?: unknown };
    if (code !== '23505' || constraint !== 'entry_pkey') throw error;
    throw new EntryTaken('an event of this batch was applied from another partition', { cause: error });
  }
}
