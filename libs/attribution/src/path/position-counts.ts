import { Cells } from './cells.ts';
import type { EncodedPath } from './encoded-path.ts';
import { lowestCommonMultiple, type Weights } from './weights.ts';

/** What each touch of a path of n gets, as whole numbers over `under`; the only touch of a path is its first. */
export interface PositionShares {
  readonly first: bigint;
  /** of each touch between the first and the last */
  readonly middle: bigint;
  readonly last: bigint;
  readonly under: bigint;
}

export type PositionRule = (touches: number) => PositionShares;

const FIRST = 0;
const MIDDLE = 1;
const LAST = 2;
const ROLES = 4;
const LENGTHS = 65_536;

/** Touches by (channel, length of their path, role): enough for any rule that looks at places only. */
export class PositionCounts {
  readonly cells = new Cells();

  count(path: EncodedPath): void {
    const { ids, length } = path;
    const last = length - 1;
    for (let at = 0; at < length; at++) {
      const role = at === 0 ? FIRST : at === last ? LAST : MIDDLE;
      this.cells.add(((ids[at] as number) * LENGTHS + length) * ROLES + role, path);
    }
  }

  weights(rule: PositionRule, channels: number): Weights {
    const { cells } = this;
    const filled = cells.filled().map((cell) => {
      const key = cells.keys.keyAt(cell);
      const place = Math.floor(key / ROLES);
      return { cell, role: key % ROLES, length: place % LENGTHS, channel: Math.floor(place / LENGTHS) };
    });
    const shares = new Map(
      [...new Set(filled.map(({ length }) => length))].map((length) => [length, rule(length)]),
    );
    const under = lowestCommonMultiple([...shares.values()].map((share) => share.under));
    const factors = new Map(
      [...shares].map(([length, share]) => {
        const unit = under / share.under;
        return [length, [share.first * unit, share.middle * unit, share.last * unit]] as const;
      }),
    );
    const conversions = new Array<bigint>(channels).fill(0n);
    const value = new Array<bigint>(channels).fill(0n);
    for (const { cell, role, length, channel } of filled) {
      const factor = factors.get(length)?.[role] ?? 0n;
      if (factor === 0n) continue;
      conversions[channel] = (conversions[channel] as bigint) + BigInt(cells.conversions(cell)) * factor;
      value[channel] = (value[channel] as bigint) + cells.value(cell) * factor;
    }
    return { conversions, value };
  }
}
