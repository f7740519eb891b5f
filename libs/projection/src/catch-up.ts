import { extentOf, PartitionHalted, type Batch, type Log } from '@throughline/log';
import type { Database, Queryable, Transaction } from '@throughline/postgres';
import type { Applier } from './applier.ts';
import type { Discards } from './inbox.ts';
import { addPosition, enter, position, vector, within, type Fence } from './positions.ts';

export type PositionVector = Awaited<ReturnType<typeof vector>>;

/** What a rebuild is at: rows from the log, then their keys and what was set aside, then the digests of both builds. */
export type Phase = 'rows' | 'keys' | 'comparison';

export interface Progress {
  readonly phase: Phase;
  readonly eventsDone: number;
  readonly eventsTotal: number;
  /** events a second since the start */
  readonly rate: number;
  /** null until a rate is known */
  readonly secondsLeft: number | null;
}

/** A build that is being brought from where it is to a position vector, from the log alone. */
export interface CatchUp {
  readonly log: Log;
  readonly applier: Applier;
  readonly fence: Fence;
  readonly discards: Discards;
  /** how a piece of work gets its transaction: its own each, or one for all */
  readonly run: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly onBatch?: Tell;
}

/** Larger than a live batch: nobody waits for one row of a rebuild. */
const BATCH_SIZE = 5_000;

/** @returns events read @throws PartitionHalted when the log lost its beginning */
export async function catchUp(job: CatchUp, target: PositionVector): Promise<number> {
  let read = 0;
  for (const { topic, partition, next: to } of target) {
    const from = await job.run(async (tx) => {
      await enter(tx, job.fence.schema);
      return (await position(tx, topic, partition)).next;
    });
    if (from >= to) continue;
    for await (const batch of job.log.read({ topic, partition, from, to, batchSize: BATCH_SIZE })) {
      await job.run((tx) => job.applier.replay(tx, job.fence, batch, job.discards));
      read += batch.records.length;
      job.onBatch?.(lengthOf(batch));
    }
  }
  return read;
}

/** Where a build stands, over these topics. */
export async function standsAt(
  database: Database,
  schema: string,
  topics: readonly string[],
): Promise<PositionVector> {
  const all = await within(database, schema, (tx) => vector(tx));
  return all.filter(({ topic }) => topics.includes(topic));
}

/** The high marks of topics that the live build does not read: nothing of it can be compared there. */
export async function marksOfNew(
  log: Log,
  known: PositionVector,
  topics: readonly string[],
): Promise<PositionVector> {
  const fresh = topics.filter((topic) => !known.some((it) => it.topic === topic));
  const marks = await Promise.all(
    fresh.map(async (topic) =>
      (await log.marks(topic)).map(({ partition, high }) => ({ topic, partition, next: high })),
    ),
  );
  return marks.flat();
}

/** A log whose first records were deleted cannot prove or rebuild anything. */
export async function refuseCutLog(log: Log, topics: readonly string[]): Promise<void> {
  for (const topic of topics) {
    const cut = (await log.marks(topic)).find(({ low }) => low > 0n);
    if (cut) {
      throw new PartitionHalted(
        `${topic}/${cut.partition} begins at ${cut.low}: records were deleted, so it cannot be read from 0`,
      );
    }
  }
}

/** Position rows as in the vector, so that a partition without a record has one too. */
export async function addPositionsOf(db: Queryable, target: PositionVector): Promise<void> {
  for (const [topic, those] of Map.groupBy(target, (it) => it.topic)) {
    await addPosition(
      db,
      topic,
      those.map(({ partition }) => partition),
    );
  }
}

/** Counts events that were read, and says which phase was entered. */
export type Tell = (events: number, phase?: Phase) => void;

/** @param now a clock in milliseconds */
export function progressOf(
  eventsTotal: number,
  now: () => number,
  onProgress?: (progress: Progress) => void,
): Tell {
  const start = now();
  let eventsDone = 0;
  let phase: Phase = 'rows';
  return (events, entered = phase) => {
    eventsDone += events;
    phase = entered;
    const seconds = (now() - start) / 1000;
    const rate = seconds > 0 ? eventsDone / seconds : 0;
    const left = Math.max(0, eventsTotal - eventsDone);
    onProgress?.({ phase, eventsDone, eventsTotal, rate, secondsLeft: rate > 0 ? left / rate : null });
  };
}

/** Offsets that a batch covers, as `sizeOf` counts them. */
export function lengthOf(batch: Batch): number {
  const extent = extentOf(batch);
  return extent ? Number(extent.end.next - extent.first) : 0;
}

export function sizeOf(target: PositionVector): number {
  return target.reduce((sum, { next }) => sum + Number(next), 0);
}
