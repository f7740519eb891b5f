import { Cells } from './cells.ts';
import type { EncodedPath } from './encoded-path.ts';
import { KeyIndex } from './key-index.ts';

const WIDE = 65_536;
const SHAPES = 2 ** 21;

export interface OrderedCount {
  readonly channel: number;
  /** 0 for the first touch */
  readonly position: number;
  /** channels on the path */
  readonly size: number;
  /** touches of this channel on the path */
  readonly repeats: number;
  readonly conversions: number;
  readonly value: bigint;
}

/** B[channel][position][set size][repeats]: the touches that ordered Shapley values are sums over. */
export class OrderedCounts {
  readonly cells = new Cells();
  readonly #shapes = new KeyIndex();

  /** @throws RangeError where paths come in more than two million shapes (channels on it × touches of one) */
  count(path: EncodedPath): void {
    for (let at = 0; at < path.length; at++) {
      const id = path.ids[at] as number;
      const shape = this.#shapes.numberOf(path.size * WIDE + (path.repeats[id] as number));
      if (shape >= SHAPES) throw new RangeError('paths come in too many shapes for ordered values');
      this.cells.add((id * WIDE + at) * SHAPES + shape, path);
    }
  }

  counts(): OrderedCount[] {
    const { cells } = this;
    return cells.filled().map((cell) => {
      const key = cells.keys.keyAt(cell);
      const shape = this.#shapes.keyAt(key % SHAPES);
      const place = Math.floor(key / SHAPES);
      return {
        channel: Math.floor(place / WIDE),
        position: place % WIDE,
        size: Math.floor(shape / WIDE),
        repeats: shape % WIDE,
        conversions: cells.conversions(cell),
        value: cells.value(cell),
      };
    });
  }
}
