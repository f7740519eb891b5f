const MOST = 100;

/**
 * How many deals are taken into one transaction. Where that fails they are taken one by one, so that the one that it
 * fails for is found, and then more and more again.
 */
export class Portion {
  #deals = MOST;

  get deals(): number {
    return this.#deals;
  }

  succeeded(): void {
    this.#deals = Math.min(this.#deals * 2, MOST);
  }

  failed(): void {
    this.#deals = 1;
  }
}
