import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HALF_POWER_BITS, halfPower } from './half-power.ts';

const one = 1n << HALF_POWER_BITS;
const exponent = fc.record({
  over: fc.bigInt({ min: 0n, max: 10n ** 13n }),
  under: fc.bigInt({ min: 1n, max: 10n ** 13n }),
});

describe('2^-x in whole numbers', () => {
  it('is exact at whole exponents, and 0 beyond 128', () => {
    for (let x = 0n; x <= 130n; x += 1n) expect(halfPower(x * 7n, 7n)).toBe(one >> x);
  });

  it('agrees with floating point as far as that goes', () => {
    fc.assert(
      fc.property(exponent, ({ over, under }) => {
        fc.pre(over / under < 50n);
        const expected = 2 ** -(Number(over) / Number(under));
        expect(Math.abs(Number(halfPower(over, under)) / Number(one) / expected - 1)).toBeLessThan(1e-12);
      }),
    );
  });

  it('turns sums of exponents into products, to 2^-60', () => {
    fc.assert(
      fc.property(exponent, fc.bigInt({ min: 0n, max: 10n ** 13n }), ({ over, under }, more) => {
        fc.pre((over + more) / under < 40n);
        const product = (halfPower(over, under) * halfPower(more, under)) >> HALF_POWER_BITS;
        const off = product - halfPower(over + more, under);
        expect((off < 0n ? -off : off) << 60n).toBeLessThan(product);
      }),
    );
  });

  it('takes a root as often as it is asked: the square of 2^(-1/2) is 1/2', () => {
    const root = halfPower(1n, 2n);
    const off = (root * root) / one - (one >> 1n);
    expect(off <= 0n && off >= -2n).toBe(true);
  });
});
