import { describe, expect, it } from '@jest/globals';
import { isoTimestamp } from './connection.ts';

describe('isoTimestamp', () => {
  it.each([
    ['2026-11-21 09:30:00+00', '2026-11-21T09:30:00.000Z'],
    ['2026-11-21 09:30:00.2+00', '2026-11-21T09:30:00.200Z'],
    ['2026-11-21 09:30:00.999999+00', '2026-11-21T09:30:00.999Z'],
  ])('turns %s into %s, cutting below the millisecond, never rounding up', (text, iso) => {
    expect(isoTimestamp(text)).toBe(iso);
  });

  it.each(['infinity', '-infinity', '10000-01-01 00:00:00+00', '0044-03-15 00:00:00+00 BC'])(
    'leaves %s as it is, for it has no such form (I2)',
    (text) => expect(isoTimestamp(text)).toBe(text),
  );
});
