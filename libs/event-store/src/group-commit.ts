import { setImmediate as nextTurn } from 'node:timers/promises';
import { isInfrastructure } from '@throughline/postgres';
import { StoreOverloaded } from './event-store.error.ts';
import { isLockWait } from './write.ts';

/** What is done in groups. */
export interface GroupWork<I, O> {
  streams(item: I): readonly string[];
  /** One answer an item, in order; or, with nothing stored, the streams that have to be asked one item at a time. */
  together(items: readonly I[]): Promise<readonly O[] | ReadonlySet<string>>;
  alone(item: I): Promise<O>;
}

export interface GroupLimits {
  /** most items a group, 100 unless told */
  readonly largest?: number;
  /** most items that have no answer yet, 1,000 unless told */
  readonly waiting?: number;
}

interface Entry<I, O> {
  readonly item: I;
  readonly resolve: (answer: O) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Puts what is asked for at the same time into one transaction, so that it shares round trips and the wait for the disk.
 *
 * Guarantees:
 * - One group at a time. What arrives meanwhile is the next group, in the order of arrival; on an idle store a group
 *   starts in the same turn of the event loop, so nobody waits for company.
 * - An item is answered as if it had come by itself: what another writer came between, what waits for a lock, and what
 *   makes a statement fail is done alone, while its neighbours and later groups go on.
 * - At most so many items have no answer; beyond that `StoreOverloaded`, with nothing done.
 */
export class GroupCommit<I, O> {
  readonly #work: GroupWork<I, O>;
  readonly #largest: number;
  readonly #most: number;
  readonly #waiting: Entry<I, O>[] = [];
  #unanswered = 0;
  #running = false;

  constructor(work: GroupWork<I, O>, { largest = 100, waiting = 1_000 }: GroupLimits = {}) {
    this.#work = work;
    this.#largest = largest;
    this.#most = waiting;
  }

  async add(item: I): Promise<O> {
    if (this.#unanswered >= this.#most) throw new StoreOverloaded(this.#most);
    const { promise, resolve, reject } = Promise.withResolvers<O>();
    this.#waiting.push({ item, resolve, reject });
    this.#unanswered += 1;
    if (!this.#running) void this.#run();
    try {
      return await promise;
    } finally {
      this.#unanswered -= 1;
    }
  }

  async #run(): Promise<void> {
    this.#running = true;
    // Requests read from several sockets in one turn, and callers that come back at once, are all in time.
    for (await nextTurn(); this.#waiting.length > 0; await nextTurn()) {
      const entries = this.#waiting.splice(0, this.#largest);
      await this.#together(entries).catch((error: unknown) => {
        for (const { reject } of entries) reject(error);
      });
    }
    this.#running = false;
  }

  async #together(entries: readonly Entry<I, O>[]): Promise<void> {
    const [first] = entries;
    if (first === undefined) return;
    const items = entries.map(({ item }) => item);
    const answers = await this.#work.together(items).catch((error: unknown) => {
      if (isInfrastructure(error) && !isLockWait(error)) throw error;
      return new Set(items.flatMap((item) => this.#work.streams(item)));
    });
    if (!(answers instanceof Set)) {
      (answers as readonly O[]).forEach((answer, at) => entries[at]?.resolve(answer));
      return;
    }
    const isApart = ({ item }: Entry<I, O>) => this.#work.streams(item).some((it) => answers.has(it));
    const apart = Map.groupBy(entries.filter(isApart), ({ item }) => this.#work.streams(item)[0]);
    for (const sameStream of apart.values()) void this.#alone(sameStream);
    await this.#together(entries.filter((entry) => !isApart(entry)));
  }

  async #alone(entries: readonly Entry<I, O>[]): Promise<void> {
    for (const { item, resolve, reject } of entries) await this.#work.alone(item).then(resolve, reject);
  }
}
