/** Of the time that work takes, this part is spent on hearing who else has come; and at most so long at a stretch. */
const SHARE = 0.25;
const LONGEST_MS = 25;

/** How much the latest turn counts in what a start is thought to cost. */
const WEIGHT = 0.2;

/**
 * Starts one request a turn of the event loop, and between two looks who else has come.
 *
 * Node accepts one connection a turn. Where the work of each request fills a turn, as judging a large batch does, as
 * many would be let in as are done: none would ever be found too many, and all the others would wait unheard in the
 * system's backlog until their callers give up. So while requests keep coming, turns are spent on reading them.
 */
export class Pace {
  readonly #line: (() => void)[] = [];
  #arrived = false;
  #isTurning = false;
  #isListening = false;
  #lastTurn = 0;
  #budget = 0;
  #cost = 0;

  /** Milliseconds until one who joins the line now is started, by what starts have cost of late. */
  get delay(): number {
    return this.#line.length * this.#cost * (1 + SHARE);
  }

  /** Somebody has come, whether or not to be let in. */
  arrived(): void {
    this.#arrived = true;
  }

  /** Calls `start` when its turn has come. */
  wait(start: () => void): void {
    this.#line.push(start);
    if (this.#isTurning) return;
    this.#isTurning = true;
    this.#isListening = true;
    this.#budget = 0;
    this.#lastTurn = performance.now();
    setImmediate(this.#turn);
  }

  /** The turn after a start tells what it cost, so that there is one more after the last. */
  readonly #turn = (): void => {
    const now = performance.now();
    const took = now - this.#lastTurn;
    this.#lastTurn = now;
    if (this.#isListening) this.#budget -= took;
    else {
      this.#cost += WEIGHT * (took - this.#cost);
      this.#budget = Math.min(LONGEST_MS, took * SHARE);
    }
    this.#isListening = this.#arrived && this.#budget > 0;
    this.#arrived = false;
    const start = this.#isListening ? undefined : this.#line.shift();
    start?.();
    this.#isTurning = start !== undefined || this.#line.length > 0;
    if (this.#isTurning) setImmediate(this.#turn);
  };
}
