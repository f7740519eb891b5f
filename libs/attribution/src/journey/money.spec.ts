import { describe, expect, it } from '@jest/globals';
import { fraction } from '../exact/fraction.ts';
import { convert, type Rate } from './money.ts';

const rate = (from: string, since: number, over: bigint, under: bigint): Rate => ({
  ...{ from, to: 'EUR', since },
  rate: fraction(over, under),
});
const rates = [
  rate('USD', 10, 9n, 10n),
  rate('USD', 50, 23n, 25n),
  rate('JPY', 0, 3n, 5n),
  rate('GBP', 99, 6n, 5n),
];
const euros = (amount: bigint, currency: string, at: number) =>
  convert({ amount, currency }, 'EUR', at, rates);
const refusal = (code: string, field: string) => expect.objectContaining({ code, field });

describe('currency', () => {
  it('takes the latest rate at or before the instant, in minor units', () => {
    expect(euros(1_000n, 'JPY', 100)).toBe(600n);
    expect(euros(10_000n, 'USD', 49)).toBe(9_000n);
    expect(euros(10_000n, 'USD', 50)).toBe(9_200n);
    expect(euros(7n, 'EUR', 0)).toBe(7n);
  });

  it('rounds half up, once', () => {
    expect(euros(1n, 'USD', 10)).toBe(1n);
    expect(euros(10_005n, 'USD', 40)).toBe(9_005n);
    expect(euros(4n, 'JPY', 100)).toBe(2n);
  });

  it('refuses what has no rate then, and turns no rate round', () => {
    const of = (currency: string, to: string, at: number) => () =>
      convert({ amount: 1n, currency }, to, at, rates);
    expect(of('GBP', 'EUR', 98)).toThrow(refusal('missing-rate', 'rates.GBP/EUR'));
    expect(of('EUR', 'USD', 98)).toThrow('Give one as an exact fraction.');
  });

  it('refuses two rates for one instant, and a rate that is not above 0', () => {
    const of =
      (...given: Rate[]) =>
      () =>
        convert({ amount: 1n, currency: 'USD' }, 'EUR', 50, given);
    expect(of(rate('USD', 5, 1n, 2n), rate('USD', 5, 1n, 3n))).toThrow(refusal('bad-rate', 'rates.USD/EUR'));
    expect(of(rate('USD', 5, 0n, 1n))).toThrow(refusal('bad-rate', 'rates.USD/EUR'));
  });
});
