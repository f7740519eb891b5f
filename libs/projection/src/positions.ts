import { loadSql, type Database, type Queryable, type Transaction } from '@throughline/postgres';
import { extentOf, type Batch, type Position } from '@throughline/log';
import { identifier } from './table-sql.ts';

const moveFreePositions = loadSql(import.meta.url, './sql/move-free-positions.sql');
const movePosition = loadSql(import.meta.url, './sql/move-position.sql');
const lockPosition = loadSql(import.meta.url, './sql/lock-position.sql');
const readPosition = loadSql(import.meta.url, './sql/read-position.sql');
const addPositions = loadSql(import.meta.url, './sql/add-positions.sql');

/** Which build a writer believes it writes to, and in which states it may. */
export interface Fence {
  readonly schema: string;
  readonly states: readonly ('live' | 'building' | 'previous')[];
}

/** Another owner moved the position, or another build went live: nothing was written; read the position anew (I5). */
export class StaleOwner extends Error {
  override readonly name = 'StaleOwner';
  readonly retriable = true;
}

/** Names without a schema mean this one until the transaction ends; locks are waited for no longer than told. */
export async function enter(tx: Transaction, schema: string, lockWaitMs?: number): Promise<void> {
  const path = `set local search_path = ${identifier(schema)}`;
  await tx.query(lockWaitMs === undefined ? path : `${path}; set local lock_timeout = ${Number(lockWaitMs)}`);
}

/** Runs work in one transaction in which names without a schema mean this one. */
export function within<T>(
  database: Pick<Database, 'transaction'>,
  schema: string,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return database.transaction(async (tx) => {
    await enter(tx, schema);
    return work(tx);
  });
}

/**
 * Moves the position over a batch, before anything else of its transaction.
 * @throws StaleOwner when the stored position is not the batch's first offset, or the build is not in one of the states
 */
export async function compareAndSet(tx: Transaction, fence: Fence, batch: Batch): Promise<Position> {
  const { first, moved } = moveOf(batch);
  const { rowCount } = await tx.query(movePosition, [
    fence.schema,
    fence.states,
    batch.topic,
    batch.partition,
    first.toString(),
    moved.next.toString(),
    moved.fingerprint,
  ]);
  if (rowCount === 0) {
    throw new StaleOwner(
      `${fence.schema} is not at ${first} of ${batch.topic}/${batch.partition}, or is not written to any more`,
    );
  }
  return moved;
}

/**
 * The same for batches of different partitions at once, without waiting for anybody.
 * @returns those moved; the others are stale or locked, which `compareAndSet` tells
 */
export async function compareAndSetFree(
  tx: Transaction,
  fence: Fence,
  batches: readonly Batch[],
): Promise<Map<Batch, Position>> {
  const moves = batches.map((batch) => ({ batch, ...moveOf(batch) }));
  const { rows } = await tx.query<{ topic: string; partition: number }>(moveFreePositions, [
    fence.schema,
    fence.states,
    batches.map(({ topic }) => topic),
    batches.map(({ partition }) => partition),
    moves.map(({ first }) => first.toString()),
    moves.map(({ moved }) => moved.next.toString()),
    moves.map(({ moved }) => moved.fingerprint),
  ]);
  const places = new Set(rows.map(({ topic, partition }) => `${topic}/${partition}`));
  return new Map(
    moves.flatMap(({ batch, moved }) =>
      places.has(`${batch.topic}/${batch.partition}`) ? [[batch, moved] as const] : [],
    ),
  );
}

function moveOf(batch: Batch): { readonly first: bigint; readonly moved: Position } {
  const extent = extentOf(batch);
  if (!extent) throw new RangeError('a batch covers at least one offset');
  return { first: extent.first, moved: extent.end };
}

/** Takes the partition's position row, as applying a batch does, so that work on parked events meets no owner. */
export async function lock(tx: Transaction, fence: Fence, topic: string, partition: number): Promise<void> {
  const { rowCount } = await tx.query(lockPosition, [fence.schema, fence.states, topic, partition]);
  if (rowCount === 0)
    throw new StaleOwner(`${fence.schema} is not written to any more; read which build is live`);
}

/** The stored position; a partition that is new here starts at 0. */
export async function position(db: Queryable, topic: string, partition: number): Promise<Position> {
  const { rows } = await db.query<{ next_offset: string; fingerprint: string | null }>(readPosition, [
    topic,
    partition,
  ]);
  const [row] = rows;
  if (row) return { next: BigInt(row.next_offset), fingerprint: row.fingerprint };
  await addPosition(db, topic, [partition]);
  return { next: 0n, fingerprint: null };
}

export async function addPosition(
  db: Queryable,
  topic: string,
  partitions: readonly number[],
): Promise<void> {
  await db.query(addPositions, [topic, partitions]);
}

/** topic/partition → next offset, of every partition, ordered. */
export async function vector(db: Queryable): Promise<{ topic: string; partition: number; next: bigint }[]> {
  const { rows } = await db.query<{ topic: string; partition: number; next_offset: string }>(
    'select topic, partition, next_offset from position order by topic, partition',
  );
  return rows.map(({ topic, partition, next_offset }) => ({ topic, partition, next: BigInt(next_offset) }));
}
