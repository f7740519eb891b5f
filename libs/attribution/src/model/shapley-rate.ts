import { UNIT } from '../exact/decimal.ts';
import { toNumber, type Fraction } from '../exact/fraction.ts';
import type { PathCounters } from '../path/path-counters.ts';
import { generalShapley } from './shapley-general.ts';

export interface RateValue {
  readonly channel: string;
  /** in units of 1e-12 of a conversion rate; may be negative */
  readonly value: Fraction;
  /** 0 where the value is exact */
  readonly standardError: number;
}

export interface RateOptions {
  readonly permutations: number;
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

/**
 * Shapley values of the rate game: v(S) is the conversion rate of the journeys that touch channels of S only, 0 of none,
 * in units of 1e-12 rounded down. Exact up to 20 channels, sampled beyond. It over-credits rare channels (one that
 * converts twice of twice beats one that converts a thousand times of two thousand): an influence, not a credit.
 * @returns sorted by channel; the values sum to the rate of all journeys that touch anything
 */
export function rateShapley(counters: PathCounters, options: RateOptions): RateValue[] {
  return generalShapley(counters, { ...options, game: 'rate' }).values.map(
    ({ channel, conversions: value, standardError }) => ({
      ...{ channel, value },
      standardError: standardError.conversions,
    }),
  );
}

/** As a rate, for showing. */
export function rateOf({ over, under }: Fraction): number {
  return toNumber({ over, under: under * UNIT });
}
