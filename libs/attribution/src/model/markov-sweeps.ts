import type { ReverseChain } from './markov-chain.ts';
import type { Met } from './markov-elimination.ts';

/** Channels solved side by side: a state's row of them fits in a few cache lines. */
const BLOCK = 32;
/** What may be missing of a probability when the sweeps end: less than a double can tell from 1. */
export const ENOUGH = 2 ** -60;
/** A state with less than this still open is not renewed any more; the share stands for what it then lacks. */
const SETTLED = 2 ** -62;
/** Sweeps between two looks for settled states, and for such as walks stay in for long. */
const LOOK_EVERY = 16;
/** Of the share that is open where most is, what a state must have open for walks to stay there for long. */
const LINGERING = 1 / 2;
/** Of the share that was open, what is left of it after a round that was worth its work: loops of a million touches. */
const HELPED = 1 - 2 ** -20;

export interface Swept {
  /** by column */
  readonly met: readonly Met[];
  readonly sweeps: number;
  /** no probability is further than this under the exact one; rounding comes on top */
  readonly error: number;
}

/**
 * For all channels, by sweeps (Gauss-Seidel): the probability that the walk backwards from a state meets the channel,
 * raised from 0. One more column starts at 1 and falls: the share of walks not yet decided, which bounds from above what
 * every other column still lacks. Sums and products of numbers that are not negative; always from the same start, in
 * the same order, so the same counts give the same bits. States that are decided are left alone, and the few that walks
 * go round in for long are renewed by themselves, so that long loops cost little more than themselves.
 * @param most steps to go through, for every 32 channels; after them `error` says how much may be missing
 */
export function sweep(
  chain: ReverseChain,
  options: { readonly most: number; readonly onSweep?: (done: number, open: number) => void },
): Swept {
  const met: Met[] = [];
  let sweeps = 0;
  let error = 0;
  const shares = sharesOf(chain);
  for (let first = 0; first < chain.channels.length; first += BLOCK) {
    const columns = Math.min(BLOCK, chain.channels.length - first);
    const block = new Block(chain, shares, first, columns);
    let open = 1;
    let done = 0;
    for (let work = 0; open > ENOUGH && work < options.most; work += block.work) {
      open = block.sweep(done % 2 === 0);
      done += 1;
      if (done % LOOK_EVERY === 0) {
        block.settle();
        work += block.linger();
      }
      if (done % 64 === 0) options.onSweep?.(done, open);
    }
    sweeps = Math.max(sweeps, done);
    error = Math.max(error, open, SETTLED);
    for (let column = 0; column < columns; column++) met.push(block.met(column));
  }
  return { met, sweeps, error };
}

/** Of each step, its share of all that comes into its state. */
function sharesOf(chain: ReverseChain): Float64Array {
  const shares = new Float64Array(chain.counts.length);
  for (let state = 0; state < chain.states; state++)
    for (let at = chain.offsets[state] as number; at < (chain.offsets[state + 1] as number); at++)
      shares[at] = (chain.counts[at] as number) / (chain.inflow[state] as number);
  return shares;
}

class Block {
  /** by state: one probability a channel, and the share still open */
  readonly #rows: Float64Array;
  readonly #width: number;
  readonly #sums: Float64Array;
  /** states that are still renewed, ascending */
  #live: Int32Array;
  /** steps that a sweep goes through */
  work: number;

  constructor(
    private readonly chain: ReverseChain,
    private readonly shares: Float64Array,
    private readonly first: number,
    private readonly columns: number,
  ) {
    this.#width = columns + 1;
    this.#rows = new Float64Array(chain.states * this.#width);
    this.#sums = new Float64Array(this.#width);
    this.#live = Int32Array.from({ length: chain.states }, (_, state) => state);
    this.work = chain.counts.length + chain.states;
    for (let state = 0; state < chain.states; state++) {
      this.#rows[state * this.#width + columns] = 1;
      this.#mask(state);
    }
  }

  /** @returns the largest share still open where a conversion happened */
  sweep(forwards: boolean): number {
    const { conversions } = this.chain;
    const live = this.#live;
    let open = 0;
    for (let step = 0; step < live.length; step++) {
      const state = live[forwards ? step : live.length - 1 - step] as number;
      const left = this.#renew(state);
      if (left > open && (conversions[state] as number) > 0) open = left;
    }
    return open;
  }

  /** Leaves the states alone from which every walk is as good as decided. */
  settle(): void {
    this.#live = this.#live.filter(
      (state) => (this.#rows[state * this.#width + this.columns] as number) > SETTLED,
    );
    this.work = this.#stepsInto(this.#live);
  }

  /**
   * Renews the few states where most is open by themselves, while it helps, for no more work than the sweeps between.
   * @returns the steps that it went through
   */
  linger(): number {
    const openAt = (state: number) => this.#rows[state * this.#width + this.columns] as number;
    let open = this.#live.reduce((most, state) => Math.max(most, openAt(state)), 0);
    const few = this.#live.filter((state) => openAt(state) >= open * LINGERING);
    const each = this.#stepsInto(few);
    if (each * LOOK_EVERY > this.work) return 0;
    let gone = 0;
    for (let before = Infinity; open < before * HELPED && gone < this.work * LOOK_EVERY; gone += each) {
      before = open;
      open = 0;
      for (const state of few) open = Math.max(open, this.#renew(state));
    }
    return gone;
  }

  #stepsInto(states: Int32Array): number {
    const { offsets } = this.chain;
    return states.reduce(
      (all, state) => all + 1 + (offsets[state + 1] as number) - (offsets[state] as number),
      1,
    );
  }

  met(column: number): Met {
    const { states, conversions, value, short } = this.chain;
    const met: [number, number] = [0, 0];
    const missed: [number, number] = [0, 0];
    for (let state = 0; state < states; state++) {
      const share = Math.min(this.#rows[state * this.#width + column] as number, 1);
      met[0] += (conversions[state] as number) * share;
      met[1] += (value[state] as number) * share;
      missed[0] += (conversions[state] as number) * (1 - share);
      missed[1] += (value[state] as number) * (1 - share);
    }
    for (const end of short) {
      const side = end.channels.includes(this.first + column) ? met : missed;
      side[0] += end.conversions;
      side[1] += end.value;
    }
    return { met, missed };
  }

  #renew(state: number): number {
    const width = this.#width;
    const rows = this.#rows;
    const sums = this.#sums;
    const { offsets, sources } = this.chain;
    const end = offsets[state + 1] as number;
    sums.fill(0);
    for (let at = offsets[state] as number; at < end; at++) {
      const share = this.shares[at] as number;
      const base = (sources[at] as number) * width;
      for (let column = 0; column < width; column++)
        sums[column] = (sums[column] as number) + share * (rows[base + column] as number);
    }
    rows.set(sums, state * width);
    this.#mask(state);
    return sums[this.columns] as number;
  }

  /** A walk that is in a window has met every channel of it. */
  #mask(state: number): void {
    const { windows, order } = this.chain;
    for (let at = state * order; at < (state + 1) * order; at++) {
      const column = (windows[at] as number) - this.first;
      if (column >= 0 && column < this.columns) this.#rows[state * this.#width + column] = 1;
    }
  }
}
