import type { Log } from '@throughline/log';
import { loadSql, type Database, type Queryable } from '@throughline/postgres';
import { position, within, type Fence } from './positions.ts';

const addDiscard = loadSql(import.meta.url, './sql/add-discard.sql');

export interface Because {
  readonly reason: string;
  readonly by: string;
}

interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/**
 * Gives a batch up that cannot be decoded, for good and in every later rebuild: one that was passed is marked so, one
 * that the partition halts at is passed at the next try.
 * @param id `p.<topic>.<partition>.<offset>` of its first offset
 * @returns false when there is no such batch at this place
 */
export async function discardBatch(
  consumer: { readonly database: Database; readonly log: Log; readonly name: string; readonly live: Fence },
  id: string,
  because: Because,
): Promise<boolean> {
  const batch = batchOf(id);
  if (!batch) return false;
  const { database, log, name, live } = consumer;
  const isBroken = await haltsAt(log, await next(database, live, batch), batch);
  return within(database, live.schema, async (tx) => {
    if (!isBroken && !(await isMarked(tx, batch))) return false;
    const { topic, partition, offset } = batch;
    await tx.query(addDiscard, [name, topic, partition, offset.toString(), null, because.reason, because.by]);
    return true;
  });
}

function batchOf(id: string): Batch | null {
  const [, topic, partition = '', offset = ''] = /^p\.(.+)\.(\d{1,9})\.(\d{1,18})$/.exec(id) ?? [];
  return topic === undefined ? null : { topic, partition: Number(partition), offset: BigInt(offset) };
}

function next(database: Database, { schema }: Fence, { topic, partition }: Batch): Promise<bigint> {
  return within(database, schema, async (tx) => (await position(tx, topic, partition)).next);
}

async function haltsAt(log: Log, at: bigint, { topic, partition, offset }: Batch): Promise<boolean> {
  if (at !== offset) return false;
  const mark = (await log.marks(topic)).find((it) => it.partition === partition);
  if (!mark || offset < mark.low || offset >= mark.high) return false;
  for await (const { passed = [] } of log.read({ topic, partition, from: offset, to: offset + 1n })) {
    return passed.some(({ kind }) => kind === 'broken');
  }
  return false;
}

async function isMarked(tx: Queryable, { topic, partition, offset }: Batch): Promise<boolean> {
  const { rowCount } = await tx.query(
    'update unreadable set discarded = true where topic = $1 and partition = $2 and first_offset = $3',
    [topic, partition, offset.toString()],
  );
  return rowCount > 0;
}
