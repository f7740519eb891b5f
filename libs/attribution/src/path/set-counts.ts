import { Cells } from './cells.ts';
import type { EncodedPath } from './encoded-path.ts';
import { Sequences } from './sequences.ts';
import { lowestCommonMultiple, type Weights } from './weights.ts';

const WIDE = 65_536;

/** B[channel][set size]: journeys that touch the channel, by how many channels they touch. */
export class DistinctCounts {
  readonly cells = new Cells();

  count(path: EncodedPath): void {
    for (let at = 0; at < path.size; at++)
      this.cells.add((path.distinct[at] as number) * WIDE + path.size, path);
  }

  /** One share of a journey for each channel on it: the sum over T holding j of R(T) / |T|. */
  weights(channels: number): Weights {
    return this.#weights(channels, true);
  }

  /** Every journey whole to each channel on it: what each channel took part in, which is no credit. */
  participation(channels: number): Weights {
    return this.#weights(channels, false);
  }

  #weights(channels: number, shared: boolean): Weights {
    const { cells } = this;
    const filled = cells.filled();
    const size = (cell: number) => BigInt(cells.keys.keyAt(cell) % WIDE);
    const under = shared ? lowestCommonMultiple([...new Set(filled.map(size))]) : 1n;
    const conversions = new Array<bigint>(channels).fill(0n);
    const value = new Array<bigint>(channels).fill(0n);
    for (const cell of filled) {
      const channel = Math.floor(cells.keys.keyAt(cell) / WIDE);
      const factor = shared ? under / size(cell) : 1n;
      conversions[channel] = (conversions[channel] as bigint) + BigInt(cells.conversions(cell)) * factor;
      value[channel] = (value[channel] as bigint) + cells.value(cell) * factor;
    }
    return { conversions, value };
  }
}

/** R(T): journeys by the exact set of channels they touch, in any order and number. */
export interface SetCount {
  /** ascending channel numbers */
  readonly channels: readonly number[];
  readonly conversions: number;
  readonly losses: number;
  readonly value: bigint;
}

/** A set takes 70 to 150 bytes. */
export class SetCounts {
  readonly cells = new Cells();
  readonly #sets = new Sequences();

  count(path: EncodedPath): void {
    if (path.size > 0) this.cells.add(this.#sets.numberOf(path.distinct, path.size), path);
  }

  /** In no order that means anything. */
  sets(): SetCount[] {
    const { cells } = this;
    return cells.filled().map((cell) => ({
      channels: this.#sets.idsOf(cells.keys.keyAt(cell)),
      conversions: cells.conversions(cell),
      losses: cells.losses(cell),
      value: cells.value(cell),
    }));
  }
}
