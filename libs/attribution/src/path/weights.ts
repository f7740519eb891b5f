import { apportion } from '../exact/apportion.ts';
import { UNIT } from '../exact/decimal.ts';

/** By channel number, whole numbers in proportion to credit. */
export interface Weights {
  readonly conversions: readonly bigint[];
  readonly value: readonly bigint[];
}

export interface Amount {
  /** in units of 1e-12 */
  readonly conversions: bigint;
  /** in the unit of the rows */
  readonly value: bigint;
}

export interface ChannelCredit extends Amount {
  readonly channel: string;
}

/**
 * What each channel gets, rounded once, by largest remainder: both columns sum to what is given out. Sorted by name,
 * which decides between equal remainders too.
 * @param present numbers of the channels to name
 */
export function creditOf(
  names: readonly string[],
  present: readonly number[],
  weights: Weights,
  given: { readonly conversions: number; readonly value: bigint },
): ChannelCredit[] {
  const sorted = present.map((number) => ({ channel: names[number] as string, number })).sort(byChannel);
  const of = (column: readonly bigint[]) => sorted.map(({ number }) => column[number] ?? 0n);
  const conversions = apportion(BigInt(given.conversions) * UNIT, of(weights.conversions));
  const value = apportion(given.value, of(weights.value));
  return sorted.map(({ channel }, at) => ({
    channel,
    conversions: conversions[at] as bigint,
    value: value[at] as bigint,
  }));
}

export function byChannel(a: { readonly channel: string }, b: { readonly channel: string }): number {
  return a.channel < b.channel ? -1 : a.channel > b.channel ? 1 : 0;
}

/** Of positive numbers; 1 of none. */
export function lowestCommonMultiple(numbers: readonly bigint[]): bigint {
  let multiple = 1n;
  for (const number of numbers) {
    let [divisor, rest] = [number, multiple % number];
    while (rest > 0n) [divisor, rest] = [rest, divisor % rest];
    multiple *= number / divisor;
  }
  return multiple;
}
