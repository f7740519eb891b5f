/** At first, and at the least: what a store that has to wait for a slow disk still ends in time. */
const FIRST = 32;
const LEAST = 8;
/** Handlers that take longer, so many in a row, say that there are too many; fewer may wait for something of their own. */
const LONG_MS = 1_000;
const IN_A_ROW = 8;
const LESS = 0.7;
/** handlers a round, once it is known how many are too many */
const MORE = 8;

export interface RoomOptions {
  /** most handlers at once */
  readonly most: number;
  /** milliseconds that one waits for room at most */
  readonly waitMs: number;
  readonly now?: () => number;
}

interface Waiting {
  readonly since: number;
  readonly enter: () => void;
  readonly refuse: () => void;
}

/**
 * Lets as many handlers work at once as end in about a second, however fast or slow the store is at the moment, so that
 * whoever is let in is answered before the caller gives up. Others wait their turn, and are refused where it does not come.
 *
 * Increases additively and decreases multiplicatively (Chiu and Jain 1989), as TCP does: doubles each round until all
 * take long, then grows slowly; where all take long it gets less by a third, once for all who were in by then.
 */
export class Room {
  readonly #most: number;
  readonly #waitMs: number;
  readonly #now: () => number;
  readonly #line: Waiting[] = [];
  #limit: number;
  #inside = 0;
  #cutAt: number | null = null;
  #inARow = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ most, waitMs, now = () => performance.now() }: RoomOptions) {
    this.#most = most;
    this.#waitMs = waitMs;
    this.#now = now;
    this.#limit = Math.min(FIRST, most);
  }

  /** Handlers that may work at once, as of now. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** @returns what `work` returns @throws what it throws, or `refusal` where there was no room for it in time */
  async within<T>(work: () => Promise<T>, refusal: () => Error): Promise<T> {
    if (this.#inside < this.limit && this.#line.length === 0) this.#inside += 1;
    else await this.#turn(refusal);
    const entered = this.#now();
    try {
      return await work();
    } finally {
      this.#learn(entered);
      this.#inside -= 1;
      this.#admit();
    }
  }

  #learn(entered: number): void {
    const now = this.#now();
    if (now - entered <= LONG_MS) {
      this.#inARow = 0;
      if (this.#inside < this.limit) return; // there was room for more: nothing is known of more
      this.#limit = Math.min(this.#most, this.#limit + (this.#cutAt === null ? 1 : MORE / this.#limit));
    } else if (this.#cutAt === null || entered >= this.#cutAt) {
      this.#inARow += 1;
      if (this.#inARow < IN_A_ROW) return;
      this.#limit = Math.max(LEAST, this.#limit * LESS);
      this.#cutAt = now;
      this.#inARow = 0;
    }
  }

  #turn(refusal: () => Error): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#line.push({ since: this.#now(), enter: () => resolve(null), refuse: () => reject(refusal()) });
    this.#watch();
    return promise;
  }

  #admit(): void {
    while (this.#inside < this.limit) {
      const next = this.#line.shift();
      if (next === undefined) return;
      this.#inside += 1;
      next.enter();
    }
  }

  #watch(): void {
    const [head] = this.#line;
    if (head === undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        const late = this.#line.findIndex(({ since }) => this.#now() - since < this.#waitMs);
        for (const { refuse } of this.#line.splice(0, late < 0 ? this.#line.length : late)) refuse();
        this.#watch();
      },
      Math.max(1, head.since + this.#waitMs - this.#now()),
    ).unref();
  }
}
