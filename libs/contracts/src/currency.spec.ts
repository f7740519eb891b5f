import { describe, expect, it } from '@jest/globals';
import { CURRENCIES, inWhole, minorDigits } from './currency.ts';

describe('currencies of ISO 4217', () => {
  it('says how many digits a minor unit has', () => {
    expect(['EUR', 'USD', 'JPY', 'KRW', 'KWD', 'CLF', 'HUF'].map(minorDigits)).toEqual([2, 2, 0, 0, 3, 4, 2]);
  });

  it('knows no other code, whatever its shape', () => {
    expect(['XXX', 'EURO', 'eur', '', 'toString'].map(minorDigits)).toEqual([null, null, null, null, null]);
  });

  it('writes minor units as people do, and those of what it does not know not at all', () => {
    const written = [
      inWhole(482_100n, 'EUR'),
      inWhole(7n, 'EUR'),
      inWhole(-5n, 'USD'),
      inWhole(482_100n, 'JPY'),
      inWhole(1_234n, 'KWD'),
      inWhole(0n, 'CLF'),
    ];
    expect(written).toEqual(['4821.00', '0.07', '-0.05', '482100', '1.234', '0.0000']);
    expect([inWhole(5n, 'XXX'), inWhole(5n, null)]).toEqual([null, null]);
  });

  it('has each code once', () => {
    expect(new Set(CURRENCIES).size).toBe(CURRENCIES.length);
    expect(CURRENCIES.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
  });
});
