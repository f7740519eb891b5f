/** An exact rational number in lowest terms; the denominator is positive. */
export interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

export const ZERO: Fraction = { over: 0n, under: 1n };
export const ONE: Fraction = { over: 1n, under: 1n };

/** @throws RangeError where the denominator is zero */
export function fraction(over: bigint, under = 1n): Fraction {
  if (under === 0n) throw new RangeError('a fraction needs a denominator other than zero');
  const divisor = greatestCommonDivisor(over, under) * (under < 0n ? -1n : 1n);
  return { over: over / divisor, under: under / divisor };
}

export function plus(a: Fraction, b: Fraction): Fraction {
  return a.under === b.under
    ? fraction(a.over + b.over, a.under)
    : fraction(a.over * b.under + b.over * a.under, a.under * b.under);
}

export function times(a: Fraction, b: Fraction): Fraction {
  return fraction(a.over * b.over, a.under * b.under);
}

export function sum(fractions: Iterable<Fraction>): Fraction {
  let all = ZERO;
  for (const one of fractions) all = plus(all, one);
  return all;
}

/** Whole numbers in the same proportion: what largest remainder and comparisons need. */
export function proportions(fractions: readonly Fraction[]): bigint[] {
  const common = fractions.reduce((all, { under }) => (all / greatestCommonDivisor(all, under)) * under, 1n);
  return fractions.map(({ over, under }) => over * (common / under));
}

/** As a double, for shares and effects that are shown, never added. */
export function toNumber({ over, under }: Fraction): number {
  const scaled = (over << 64n) / under;
  return Number(scaled) / 2 ** 64;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y > 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
