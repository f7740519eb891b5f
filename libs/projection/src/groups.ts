import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Batch, Position } from '@throughline/log';
import { isInfrastructure } from '@throughline/postgres';
import { EntryTaken } from './entries.ts';

const MOST_RECORDS = 1_000;
const MOST_BYTES = 4 * 1024 * 1024;
/** A batch that fills this much of a group by itself gains nothing from company. */
const LARGE = 1 / 4;

/** What is done in groups. */
export interface GroupWork {
  /** Applies batches of different partitions in one transaction. @returns those applied; the others have to go alone */
  together(batches: readonly Batch[]): Promise<ReadonlyMap<Batch, Position>>;
  alone(batch: Batch): Promise<Position>;
}

interface Entry {
  readonly batch: Batch;
  readonly resolve: (position: Position) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Puts the batches of partitions that come at the same time into one transaction: at a few facts a partition, statements
 * and COMMITs cost more than the facts do.
 *
 * - One group at a time; what comes meanwhile is the next group. When nothing is in hand, a batch starts at once.
 * - A batch is answered as if it had come by itself. What a group does not take goes alone, and so does every batch of
 *   a group that fails or meets a lock, each with its own error, while later groups go on.
 */
export class Groups {
  readonly #work: GroupWork;
  #waiting: Entry[] = [];
  #running = false;

  constructor(work: GroupWork) {
    this.#work = work;
  }

  /** @throws what `alone` throws for this batch; errors of the infrastructure */
  add(batch: Batch): Promise<Position> {
    if (fillOf(batch) >= LARGE) return this.#work.alone(batch);
    const { promise, resolve, reject } = Promise.withResolvers<Position>();
    this.#waiting.push({ batch, resolve, reject });
    if (!this.#running) void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#running = true;
    // the loops that a group answered come back at once, in the same turn
    for (await nextTurn(); this.#waiting.length > 0; await nextTurn()) await this.#together(this.#next());
    this.#running = false;
  }

  #next(): Entry[] {
    const group = new Map<string, Entry>();
    const left: Entry[] = [];
    let fill = 0;
    for (const entry of this.#waiting) {
      const { topic, partition } = entry.batch;
      const place = `${topic}/${partition}`;
      if (fill >= 1 || group.has(place)) {
        left.push(entry);
        continue;
      }
      group.set(place, entry);
      fill += fillOf(entry.batch);
    }
    this.#waiting = left;
    return [...group.values()];
  }

  async #together(entries: readonly Entry[]): Promise<void> {
    let applied: ReadonlyMap<Batch, Position> = new Map();
    try {
      applied = await this.#work.together(entries.map(({ batch }) => batch));
    } catch (error) {
      if (isInfrastructure(error) && !isOfOne(error)) {
        for (const { reject } of entries) reject(error);
        return;
      }
    }
    for (const { batch, resolve, reject } of entries) {
      const position = applied.get(batch);
      if (position) resolve(position);
      else void this.#work.alone(batch).then(resolve, reject);
    }
  }
}

/** How much of a group a batch takes up. */
function fillOf({ records }: Batch): number {
  const bytes = records.reduce((sum, { value }) => sum + value.length, 0);
  return Math.max(records.length / MOST_RECORDS, bytes / MOST_BYTES);
}

/**
 * lock_timeout, deadlock, an event that another partition applied meanwhile: somebody else is in the way of one of them.
 * statement_timeout: one may be too much, and together they would meet it again and again.
 */
function isOfOne(error: unknown): boolean {
  return (
    error instanceof EntryTaken || /^(55P03|40P01|57014)$/.test(String((error as { code?: unknown }).code))
  );
}
