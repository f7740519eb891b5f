/**
 * What a process has seen of its store's clock, a sequence that every append moves on and only a restore takes back.
 * An append is told of it, and refused by a store that is behind.
 */
export class StoreClock {
  #seen = 0;

  get seen(): number {
    return this.#seen;
  }

  learn(seen: number): void {
    if (seen > this.#seen) this.#seen = seen;
  }

  /** The store was compared with its log: where it is now is where it begins. */
  set(seen: number): void {
    this.#seen = seen;
  }
}
