import { describe, expect, it } from '@jest/globals';
import { evaluate } from './value.ts';

const money = (value: string, currency: string) =>
  evaluate({ $money: '{amount}', currency }, { amount: value }, { maps: {}, lookups: {} }).value;

describe('money of a row', () => {
  it.each([
    ['1054', 'EUR', 105400],
    ['1054.50', 'EUR', 105450],
    ['1054.5', 'USD', 105450],
    ['-3.05000', 'EUR', -305],
    ['1054', 'JPY', 1054],
    ['1054.00', 'JPY', 1054],
    ['1.2345', 'KWD', null],
    ['1.234', 'KWD', 1234],
    ['1.5', 'JPY', null],
    ['1.234', 'EUR', null],
    ['1,5', 'EUR', null],
    ['1.', 'EUR', null],
    ['9007199254740992', 'JPY', null],
  ])('%s of %s is %p minor units', (value, currency, amount) => {
    if (amount === null) expect(() => money(value, currency)).toThrow(/not an amount of|too large/);
    else expect(money(value, currency)).toEqual({ amount, currency });
  });

  it('is unknown where the cell is blank', () => {
    expect(money('', 'EUR')).toBeNull();
  });

  it('is refused in a currency whose minor units nobody knows', () => {
    expect(() => money('1', 'XXX')).toThrow('XXX is no currency such as EUR');
  });
});
