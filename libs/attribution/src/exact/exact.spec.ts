import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { apportion, apportionSigned } from './apportion.ts';
import { formatDecimal, parseDecimal, UNIT } from './decimal.ts';
import { fraction, plus, proportions, sum, times, toNumber } from './fraction.ts';

const whole = fc.bigInt({ min: 0n, max: 10n ** 20n });

describe('apportion', () => {
  it('I8: parts sum to the whole, each within one unit of its exact share', () => {
    const weights = fc
      .array(whole, { minLength: 1, maxLength: 30 })
      .filter((all) => all.some((it) => it > 0n));
    fc.assert(
      fc.property(whole, weights, (total, those) => {
        const all = those.reduce((a, b) => a + b, 0n);
        const parts = apportion(total, those);
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(total);
        for (const [index, part] of parts.entries()) {
          const missed = part * all - total * (those[index] ?? 0n);
          expect((missed < 0n ? -missed : missed) < all).toBe(true);
        }
      }),
    );
  });

  it('gives the unit that is left to the largest remainder, then to the earlier part', () => {
    expect(apportion(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
    expect(apportion(10n, [1n, 2n, 3n])).toEqual([2n, 3n, 5n]);
    expect(apportion(1n, [0n, 3n, 7n])).toEqual([0n, 0n, 1n]);
    expect(apportion(0n, [0n, 0n])).toEqual([0n, 0n]);
  });

  it('splits by weights of either sign, nothing cut off, and still sums to the whole', () => {
    expect(apportionSigned(100n, [11n, -9n])).toEqual([550n, -450n]);
    expect(apportionSigned(10n, [7n, -1n, -1n])).toEqual([14n, -2n, -2n]);
    expect(apportionSigned(1n, [3n, -1n])).toEqual([2n, -1n]);
    const signed = fc
      .array(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), { minLength: 1, maxLength: 20 })
      .filter((all) => all.reduce((a, b) => a + b, 0n) > 0n);
    fc.assert(
      fc.property(whole, signed, (total, those) => {
        const all = those.reduce((a, b) => a + b, 0n);
        const parts = apportionSigned(total, those);
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(total);
        for (const [index, part] of parts.entries()) {
          const missed = part * all - total * (those[index] ?? 0n);
          expect((missed < 0n ? -missed : missed) < all).toBe(true);
        }
      }),
    );
    expect(() => apportionSigned(1n, [1n, -1n])).toThrow('must not all be zero');
    expect(() => apportionSigned(1n, [1n, -2n])).toThrow('less than zero');
  });

  it('refuses to split among nobody, and what is negative', () => {
    expect(() => apportion(1n, [0n, 0n])).toThrow('must not all be zero');
    expect(() => apportion(1n, [])).toThrow('must not all be zero');
    expect(() => apportion(-1n, [1n])).toThrow('negative');
    expect(() => apportion(1n, [2n, -1n])).toThrow('negative');
  });
});

describe('fraction', () => {
  it('adds and multiplies in lowest terms', () => {
    expect(plus(fraction(1n, 6n), fraction(1n, 3n))).toEqual({ over: 1n, under: 2n });
    expect(times(fraction(2n, 3n), fraction(3n, -4n))).toEqual({ over: -1n, under: 2n });
    expect(sum([fraction(1n, 2n), fraction(1n, 3n), fraction(1n, 6n)])).toEqual({ over: 1n, under: 1n });
    expect(() => fraction(1n, 0n)).toThrow('denominator');
  });

  it('keeps proportions in whole numbers', () => {
    expect(proportions([fraction(1n, 2n), fraction(1n, 3n), fraction(0n)])).toEqual([3n, 2n, 0n]);
    expect(toNumber(fraction(3n, 7n))).toBe(3 / 7);
  });
});

describe('decimal', () => {
  it('reads what other programs write, rounded once at twelve places', () => {
    const read = ['2.4019999999999997', '0.0', '12', '.5', '3.', '1e-05', '2.5E3', ' 7 '].map(parseDecimal);
    expect(read.map((it) => it === null || formatDecimal(it))).toEqual([
      '2.402',
      '0',
      '12',
      '0.5',
      '3',
      '0.00001',
      '2500',
      '7',
    ]);
  });

  it('takes nothing else for a number', () => {
    expect(['', '.', '-1', 'NaN', '1,5', '0x1', '1e', '1 2', 'Infinity'].map(parseDecimal)).toEqual(
      Array(9).fill(null),
    );
  });

  it('writes what it reads', () => {
    fc.assert(fc.property(whole, (units) => expect(parseDecimal(formatDecimal(units))).toBe(units)));
    expect(formatDecimal(-UNIT / 3n)).toBe('-0.333333333333');
  });
});
