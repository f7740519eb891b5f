import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '@throughline/log';
import type { Database } from '@throughline/postgres';
import type { PartitionAccount } from './accounting.ts';
import { standsAt, type PositionVector } from './catch-up.ts';

/** What became of every record of one partition, from its low to its high mark. */
export interface PartitionCoverage extends PartitionAccount {
  readonly low: bigint;
  readonly high: bigint;
  /** records up to the high mark that were not applied, parked or passed */
  readonly behind: bigint;
  /** offsets from the high mark on that an open transaction holds back */
  readonly held: bigint;
  /** why its owner does not go on, where this process owns it */
  readonly halted: string | null;
  /** whether nothing is left out: balanced, nothing behind, held or unreadable but what an operator gave up */
  readonly complete: boolean;
}

interface LogMark {
  readonly topic: string;
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
  readonly end: bigint;
}

export async function marksOf(log: Log, topics: readonly string[]): Promise<LogMark[]> {
  const all = await Promise.all(
    topics.map(async (topic) =>
      (await log.marks(topic)).map(({ partition, low, high, end = high }) => ({
        ...{ topic, partition, low, high, end },
      })),
    ),
  );
  return all.flat();
}

/** A projection that does not move for so long is taken as it stands. */
const IDLE_MS = 5_000;
const LOOK_MS = 100;

/**
 * Waits until the live tables have come to these marks, for as long as they move.
 * Nobody is to be told that a log is not applied whole while it is just being applied.
 */
export async function caughtUpWith(
  database: Database,
  schema: string,
  marks: readonly LogMark[],
  idleMs = IDLE_MS,
): Promise<void> {
  const now = () => performance.now();
  const topics = [...new Set(marks.map(({ topic }) => topic))];
  let movedAt = now();
  for (let last = -1n; ;) {
    const vector = await standsAt(database, schema, topics);
    if (marks.every((mark) => nextOf(vector, mark) >= mark.high)) return;
    const sum = vector.reduce((total, { next }) => total + next, 0n);
    if (sum !== last) movedAt = now();
    last = sum;
    if (now() - movedAt > idleMs) return;
    await pause(LOOK_MS);
  }
}

/**
 * Holds what was accounted for against the log.
 * @param accounts of the live tables, of the snapshot whose positions are `vector`
 * @param marks of the log, as of before the snapshot
 * @param halted reasons by `topic/partition`
 */
export function coverage(
  accounts: readonly PartitionAccount[],
  vector: PositionVector,
  marks: readonly LogMark[],
  halted: ReadonlyMap<string, string>,
): PartitionCoverage[] {
  return marks.map((mark) => {
    const { topic, partition, low, high, end } = mark;
    const account =
      accounts.find((each) => each.topic === topic && each.partition === partition) ?? nothing(mark);
    const next = nextOf(vector, mark);
    const behind = high > next ? high - next : 0n;
    const held = end > high ? end - high : 0n;
    const unread = account.unreadable - account.unreadableDiscarded;
    return {
      ...account,
      ...{ low, high, behind, held },
      halted: halted.get(`${topic}/${partition}`) ?? null,
      complete: account.balanced && behind === 0n && held === 0n && unread === 0 && low === 0n,
    };
  });
}

const nextOf = (vector: PositionVector, { topic, partition }: LogMark): bigint =>
  vector.find((each) => each.topic === topic && each.partition === partition)?.next ?? 0n;

/** A partition that was never read. */
function nothing({ topic, partition }: LogMark): PartitionAccount {
  return {
    ...{ topic, partition, accepted: 0, applied: 0, duplicates: 0, conflicts: 0, parked: 0, discarded: 0 },
    ...{ unreadable: 0, unreadableDiscarded: 0, transaction: 0, balanced: true },
  };
}
