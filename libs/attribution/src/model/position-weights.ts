import type { RuleModel } from './rule-model.ts';

/**
 * What two touches do with the middle's weight: `renormalise` drops it, first ÷ (first + last) each (Adobe Analytics,
 * mta); `split-middle` gives half of it to each (DP6, Fractribution). At equal ends both give the same.
 */
export const PAIR = ['renormalise', 'split-middle'] as const;

export interface PositionShares {
  readonly first: bigint;
  readonly middle: bigint;
  readonly last: bigint;
  readonly pair: (typeof PAIR)[number];
}

/** Weights by place: first, last, and the middle's in equal parts on all between. */
export function byPosition({ first, middle, last, pair }: PositionShares): RuleModel['weights'] {
  const ends = first + last;
  return ({ touches: { length } }) => {
    if (length < 2) return Array<bigint>(length).fill(1n);
    if (length === 2) {
      // ends that weigh nothing leave nothing to renormalise
      const half = pair === 'split-middle' || ends === 0n ? middle : 0n;
      return [2n * first + half, 2n * last + half];
    }
    const between = BigInt(length - 2);
    return [first * between, ...Array<bigint>(length - 2).fill(middle), last * between];
  };
}
