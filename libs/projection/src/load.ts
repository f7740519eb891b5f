import type { Log } from '@throughline/log';
import { loadSql, type Database, type Transaction } from '@throughline/postgres';
import type { Applier } from './applier.ts';
import { lengthOf, sizeOf, type PositionVector, type Tell } from './catch-up.ts';
import { freezeRows } from './copy.ts';
import { isDataError } from './effects.ts';
import { foldInto } from './fold.ts';
import { deriveAllAliases, deriveEdges, keepAssertions } from './identity-load.ts';
import type { Discards } from './inbox.ts';
import { keysOfRows } from './keys.ts';
import { Loader } from './loader.ts';
import { unpack, type PackedRow } from './parked-record.ts';
import { enter, within, type Fence } from './positions.ts';
import type { Projection } from './projection.ts';
import { identifier } from './table-sql.ts';

const setAside = loadSql(import.meta.url, './sql/set-aside.sql');
const takeSetAside = loadSql(import.meta.url, './sql/take-set-aside.sql');

const tablesOf = 'select tablename as name from pg_tables where schemaname = $1 order by 1';

/** A build without keys that is to be filled from the log. */
export interface Load {
  readonly database: Database;
  readonly log: Log;
  readonly projection: Projection;
  readonly applier: Applier;
  readonly fence: Fence;
  readonly discards: Discards;
  readonly onBatch?: Tell;
  /** records at once, 2,000 unless told */
  readonly batchSize?: number;
}

type Run = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;

/** What is in memory is a batch of every lane: larger ones outlive the young generation, which costs more than it saves. */
const BATCH_SIZE = 2_000;
/** Partitions at once: while PostgreSQL writes those of one, another is read and decoded. */
const LANES = 3;
const KEYS_AT_ONCE = 2;
/** Memory of the server for each sort of an index. */
const SORT_MEMORY = '128MB';

/**
 * Brings an empty build, made without its keys, to a position vector: rows first by COPY, then what is derived from
 * identities, then keys and indexes, then what was set aside, in order, by the inbox (see Loader).
 * @returns records read
 * @throws an error of the data when a key cannot be made: the build has to be made anew, record by record
 */
export async function load(job: Load, target: PositionVector): Promise<number> {
  const { projection } = job;
  await patiently(job, (tx) => tx.query(setAside));
  const read = await fill(job, target);
  job.onBatch?.(0, 'keys');
  if (projection.identity) await patiently(job, deriveEdges);
  for (const stage of keysOfRows(projection)) {
    await inLanes(KEYS_AT_ONCE, stage, (sql) => patiently(job, (tx) => tx.query(sql)));
  }
  if (projection.identity) await patiently(job, deriveAllAliases);
  await patiently(job, (tx) => analyze(tx, job.fence));
  await inLanes(1, target, ({ topic, partition }) => retake(job, topic, partition));
  await patiently(job, (tx) => tx.query('drop table set_aside'));
  return read;
}

/**
 * All rows in one transaction that empties their tables first: so the server need not log what it writes (wal_level
 * minimal) nor mark it later, and a load that ends half-way leaves nothing. Where it refuses a row, once more a batch a
 * transaction, which finds the batch.
 */
async function fill(job: Load, target: PositionVector): Promise<number> {
  let told = 0;
  const counted = {
    ...job,
    onBatch: (events: number) => {
      told += events;
      job.onBatch?.(events);
    },
  };
  try {
    return await patiently(job, async (tx) => {
      await emptyTables(tx, job.fence);
      freezeRows(tx);
      return loadInto(counted, target, inTurn(tx));
    });
  } catch (error) {
    if (!isDataError(error)) throw error;
    job.onBatch?.(-told);
    return loadInto(job, target, (work) => job.database.transaction(work));
  }
}

async function loadInto(job: Load, target: PositionVector, run: Run): Promise<number> {
  const { projection, fence, discards, log, onBatch, batchSize = BATCH_SIZE } = job;
  const loader = new Loader(foldInto(projection, keepAssertions), fence, discards, sizeOf(target));
  let read = 0;
  await inLanes(LANES, target, async ({ topic, partition, next: to }) => {
    if (to === 0n) return;
    for await (const batch of log.read({ topic, partition, from: 0n, to, batchSize })) {
      await loader.load(run, batch);
      read += batch.records.length;
      onBatch?.(lengthOf(batch));
    }
  });
  return read;
}

/** Lends one transaction to one piece of work after the other; after a failure every further one fails as that did. */
function inTurn(tx: Transaction): Run {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(() => work(tx));
    last = turn;
    return turn;
  };
}

async function emptyTables(tx: Transaction, { schema }: Fence): Promise<void> {
  const { rows } = await tx.query<{ name: string }>(tablesOf, [schema]);
  const filled = rows.filter(({ name }) => name !== 'position');
  await tx.query(`truncate ${filled.map(({ name }) => identifier(name)).join(', ')}`);
}

/** Replays what was set aside of one partition, as it would have come. */
async function retake(
  { database, applier, fence, discards, batchSize = BATCH_SIZE }: Load,
  topic: string,
  partition: number,
): Promise<void> {
  const page = () =>
    within(database, fence.schema, async (tx) => {
      const { rows } = await tx.query<PackedRow>(takeSetAside, [topic, partition, batchSize]);
      await applier.retake(tx, rows.map(unpack), discards);
      return rows.length;
    });
  while ((await page()) > 0);
}

/** Enough for the planner until the server looks for itself; the whole sample takes longer than a hundred thousand rows. */
async function analyze(tx: Transaction, { schema }: Fence): Promise<void> {
  const { rows } = await tx.query<{ name: string }>(tablesOf, [schema]);
  await tx.query('set local default_statistics_target = 20');
  await tx.query(`analyze ${rows.map(({ name }) => identifier(name)).join(', ')}`);
}

/** One piece of work on whole tables, in its own transaction: it takes as long as it takes. */
function patiently<T>({ database, fence }: Load, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return database.transaction(async (tx) => {
    await enter(tx, fence.schema);
    await tx.query(
      `select set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true),
              set_config('idle_in_transaction_session_timeout', '10min', true),
              set_config('maintenance_work_mem', $1, true), set_config('work_mem', $1, true)`,
      [SORT_MEMORY],
    );
    return work(tx);
  });
}

/** Does all of it, so many at a time, in order. @throws the first error, when what was begun has ended */
async function inLanes<T>(
  lanes: number,
  all: readonly T[],
  work: (one: T) => Promise<unknown>,
): Promise<void> {
  const left = [...all];
  const lane = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next);
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const lane of ended) if (lane.status === 'rejected') throw lane.reason;
}
