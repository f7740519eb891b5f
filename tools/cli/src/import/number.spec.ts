import { describe, expect, it } from '@jest/globals';
import { minorUnits, numberOf, PLAIN, type NumberFormat } from './number.ts';

const english: NumberFormat = { ...PLAIN, group: ',', symbols: ['$', 'USD'], parentheses: true };
const german: NumberFormat = { ...PLAIN, decimal: ',', group: '.', symbols: ['€', 'EUR'] };
const french: NumberFormat = { ...PLAIN, decimal: ',', group: ' ', symbols: ['€'] };

describe('amounts as sources write them', () => {
  it.each([
    ['1.234,56', german, 123_456],
    ['1234,5 €', german, 123_450],
    ['-1.000.000', german, -100_000_000],
    ['$1,234.50', english, 123_450],
    ['USD 1,234.50', english, 123_450],
    ['(500.00)', english, -50_000],
    ['($1,500.00)', english, -150_000],
    ['-$3', english, -300],
    ['1 234,56 €', french, 123_456],
    ['1\u202f234,56', french, 123_456],
    ['0.005', { ...PLAIN, round: 'half-up' } as NumberFormat, 1],
    ['-0.004', { ...PLAIN, round: 'half-up' } as NumberFormat, 0],
    ['-2.345', { ...PLAIN, round: 'half-up' } as NumberFormat, -235],
    ['90071992547409.91', PLAIN, 9_007_199_254_740_991],
  ])('I8 reads %s', (text, format, amount) => {
    expect(minorUnits(text, 'EUR', format)).toBe(amount);
  });

  it.each([
    ['1,234.50', PLAIN],
    ['1.234,56', english],
    ['1,23', english],
    ['12,34,567.00', english],
    ['1.5', german],
    ['(5', english],
    ['--5', PLAIN],
    ['5 $ $', { ...english, symbols: ['$'] } as NumberFormat],
    ['1.234', PLAIN],
    ['90071992547409.92', PLAIN],
    ['1e3', PLAIN],
    ['', PLAIN],
    ['abc', english],
  ])('I8 guesses nothing of %j', (text, format) => {
    expect(() => minorUnits(text, 'EUR', format)).toThrow(/is not an amount of EUR such as|too large/);
  });

  it('I8 reads plain numbers alike', () => {
    expect([numberOf('1.234', german), numberOf('1,234.5', english), numberOf('-0', PLAIN)]).toEqual([
      1234, 1234.5, 0,
    ]);
    expect(() => numberOf('1.2.3', PLAIN)).toThrow('is not a number such as');
  });
});
