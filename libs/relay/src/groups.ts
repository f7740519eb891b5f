import { setImmediate as nextTurn } from 'node:timers/promises';
import { DoorFull } from './spill.error.ts';

export interface Size {
  readonly items: number;
  readonly bytes: number;
}

export interface GroupLimits {
  /** of one group; a caller that asks for more goes alone */
  readonly group: Size;
  /** of all that waits for a group; beyond that callers are refused */
  readonly waiting: Size;
}

/** One call: what it asks for, and how it is told. */
interface Call<I, O> {
  readonly asked: I;
  readonly size: Size;
  readonly resolve: (answer: O) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Does what is asked for at the same time together, so that it shares a round trip and the wait for the disk.
 *
 * - One group at a time, in the order of arrival: what comes while one is in hand is the next. An idle one starts at
 *   once, so nobody waits for company.
 * - Each call is answered by itself: the work says of each whether it went well.
 * - Bounded: a group has a largest size, and past a size of what waits a call is refused with DoorFull, nothing done.
 */
export class Groups<I, O> {
  readonly #waiting: Call<I, O>[] = [];
  readonly #held = { items: 0, bytes: 0 };
  #running = false;

  /** @param work one outcome a call, in order; what it throws is every call's */
  constructor(
    private readonly work: (asked: readonly I[]) => Promise<readonly PromiseSettledResult<O>[]>,
    private readonly limits: GroupLimits,
  ) {}

  /** @throws DoorFull, or what the work says of this call */
  async add(asked: I, size: Size): Promise<O> {
    const { items, bytes } = this.limits.waiting;
    if (this.#held.items + size.items > items || this.#held.bytes + size.bytes > bytes) throw new DoorFull();
    const { promise, resolve, reject } = Promise.withResolvers<O>();
    this.#waiting.push({ asked, size, resolve, reject });
    this.#hold(size, 1);
    if (!this.#running) void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#running = true;
    // Requests that were read from several sockets in one turn of the event loop are all in time.
    for (await nextTurn(); this.#waiting.length > 0; await nextTurn()) await this.#together(this.#take());
    this.#running = false;
  }

  #take(): Call<I, O>[] {
    const { group } = this.limits;
    let [items, bytes, calls] = [0, 0, 0];
    for (const { size } of this.#waiting) {
      items += size.items;
      bytes += size.bytes;
      if (calls > 0 && (items > group.items || bytes > group.bytes)) break;
      calls += 1;
    }
    const taken = this.#waiting.splice(0, calls);
    for (const { size } of taken) this.#hold(size, -1);
    return taken;
  }

  async #together(calls: readonly Call<I, O>[]): Promise<void> {
    try {
      const outcomes = await this.work(calls.map(({ asked }) => asked));
      calls.forEach(({ resolve, reject }, at) => {
        const outcome = outcomes[at];
        if (outcome?.status === 'fulfilled') resolve(outcome.value);
        else reject(outcome?.reason ?? new Error('A group gave fewer outcomes than it was asked for.'));
      });
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }

  #hold({ items, bytes }: Size, sign: 1 | -1): void {
    this.#held.items += sign * items;
    this.#held.bytes += sign * bytes;
  }
}
