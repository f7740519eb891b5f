import { describe, expect, it } from '@jest/globals';
import { amountOf } from './amounts.ts';

describe('money for the eye', () => {
  it('I2: stands in whole units, in minor units where nobody knows how many make one, else not at all', () => {
    const amounts = [
      { amount: '482100', currency: 'EUR' },
      { amount: '-5', currency: 'USD' },
      { amount: '482100', currency: 'JPY' },
      { amount: '1500', currency: 'KWD' },
      { amount: '7', currency: 'XXX' },
      { amount: '7', currency: null },
      { amount: '0', currency: null },
      { amount: null, currency: 'EUR' },
    ];
    expect(amounts.map(amountOf)).toEqual([
      ...['4821.00 EUR', '-0.05 USD', '482100 JPY', '1.500 KWD'],
      ...['7 minor units of XXX', '7 minor units of an unknown currency', '0', null],
    ]);
  });
});
