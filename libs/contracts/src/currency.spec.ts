import { describe, expect, it } from '@jest/globals';
import { CURRENCIES, minorDigits } from './currency.ts';

describe('currencies of ISO 4217', () => {
  it('says how many digits a minor unit has', () => {
    expect(['EUR', 'USD', 'JPY', 'KRW', 'KWD', 'CLF', 'HUF'].map(minorDigits)).toEqual([2, 2, 0, 0, 3, 4, 2]);
  });

  it('knows no other code, whatever its shape', () => {
    expect(['XXX', 'EURO', 'eur', '', 'toString'].map(minorDigits)).toEqual([null, null, null, null, null]);
  });

  it('has each code once', () => {
    expect(new Set(CURRENCIES).size).toBe(CURRENCIES.length);
    expect(CURRENCIES.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
  });
});
