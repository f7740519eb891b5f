import { setImmediate as nextTurn } from 'node:timers/promises';
import { isInfrastructure } from '@throughline/postgres';
import { StoreOverloaded, StreamBusy, WrongVersion } from './event-store.error.ts';
import { isOfOne } from './write.ts';

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
 * - Of one stream one is done alone at a time, and what comes for it meanwhile waits behind that: so they neither come
 *   between each other nor take all connections while another writer holds the stream. Where the database fails one,
 *   those behind it have waited as long, and fail with it.
 * - At most so many items have no answer; beyond that `StoreOverloaded`, with nothing done.
 */
export class GroupCommit<I, O> {
  readonly #work: GroupWork<I, O>;
  readonly #largest: number;
  readonly #most: number;
  readonly #waiting: Entry<I, O>[] = [];
  /** ends when the last of a stream's items that are done alone has */
  readonly #alone = new Map<string, Promise<unknown>>();
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
      await this.#together(this.#waiting.splice(0, this.#largest));
    }
    this.#running = false;
  }

  async #together(entries: readonly Entry<I, O>[]): Promise<void> {
    const free = this.#setAside(entries, this.#alone);
    if (free.length === 0) return;
    try {
      const answers = await this.#work.together(free.map(({ item }) => item));
      if (answers instanceof Set) await this.#together(this.#setAside(free, answers));
      else (answers as readonly O[]).forEach((answer, at) => free[at]?.resolve(answer));
    } catch (error) {
      if (isAway(error) && !isOfOne(error)) for (const { reject } of free) reject(error);
      else this.#setAside(free, new Set(free.flatMap(({ item }) => this.#work.streams(item))));
    }
  }

  /** Has the items of these streams done alone. @returns the others */
  #setAside(
    entries: readonly Entry<I, O>[],
    streams: { has(stream: string): boolean },
  ): readonly Entry<I, O>[] {
    return entries.filter((entry) => {
      const isAside = this.#work.streams(entry.item).some((stream) => streams.has(stream));
      if (isAside) this.#doAlone(entry);
      return !isAside;
    });
  }

  #doAlone({ item, resolve, reject }: Entry<I, O>): void {
    const streams = this.#work.streams(item);
    const ended = Promise.all(streams.map((stream) => this.#alone.get(stream)))
      .then(() => this.#work.alone(item))
      .then(resolve, (error: unknown) => {
        reject(error);
        if (isAway(error)) throw error;
      });
    for (const stream of streams) this.#alone.set(stream, ended);
    const forget = () => {
      for (const stream of streams) if (this.#alone.get(stream) === ended) this.#alone.delete(stream);
    };
    ended.then(forget, forget);
  }
}

/** Whether an error speaks of the database, not of what an item met there. */
function isAway(error: unknown): boolean {
  return isInfrastructure(error) && !(error instanceof WrongVersion) && !(error instanceof StreamBusy);
}
