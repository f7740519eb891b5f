import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readOccurrence, refuseAhead, toDay, toInstant } from './time.ts';

describe('instants', () => {
  it.each([
    ['2026-03-01T10:00:00+02:00', '2026-03-01T08:00:00.000Z'],
    ['2026-03-01T10:00:00.123456Z', '2026-03-01T10:00:00.123Z'],
    ['2026-12-31T23:59:59.9-00:30', '2027-01-01T00:29:59.900Z'],
    ['2024-02-29t00:00:00z', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s', (written, utc) => {
    expect(toInstant(written)).toBe(utc);
  });

  it.each([
    '2026-02-29T00:00:00Z',
    '2026-03-01T24:00:00Z',
    '2026-03-01T23:59:60Z',
    '2026-03-01T10:00:00',
    '2026-03-01 10:00:00Z',
    '2026-03-01',
    '2026-03-01T10:00:00+24:00',
    '0001-01-01T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-02-29T00:00:00.000Z',
    '2026-03-01T24:00:00.000Z',
    '1899-12-31T23:59:59.999Z',
    '2026-03-01 10:00:00.000Z',
    '',
  ])('%p is none', (written) => {
    expect(toInstant(written)).toBeNull();
  });

  it('reads every instant back as it is, whatever the offset it is written with', () => {
    const moments = fc.date({
      min: new Date('1900-01-02'),
      max: new Date('9999-12-30'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moments, fc.integer({ min: -839, max: 839 }), (moment, offset) => {
        const local = new Date(moment.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const size = Math.abs(offset);
        const zone = [Math.trunc(size / 60), size % 60]
          .map((part) => String(part).padStart(2, '0'))
          .join(':');
        expect(toInstant(`${local}${offset < 0 ? '-' : '+'}${zone}`)).toBe(moment.toISOString());
        expect(toInstant(moment.toISOString())).toBe(moment.toISOString());
      }),
    );
  });

  it('knows which days exist', () => {
    expect(toDay('2024-02-29')).toBe('2024-02-29');
    expect([toDay('2023-02-29'), toDay('2023-2-9'), toDay('01.02.2023')]).toEqual([null, null, null]);
  });
});

describe('I2 what is known of the time is kept, and nothing else', () => {
  it('no time is undated', () => {
    expect(readOccurrence(undefined, undefined)).toEqual({ occurredAt: null, precision: 'unknown' });
  });

  it('a day or a month counts as written, whatever the offset', () => {
    const time = '2026-03-01T00:30:00+02:00';
    expect(readOccurrence(time, 'day').occurredAt).toBe('2026-03-01T00:00:00.000Z');
    expect(readOccurrence(time, 'month').occurredAt).toBe('2026-03-01T00:00:00.000Z');
    expect(readOccurrence(time).occurredAt).toBe('2026-02-28T22:30:00.000Z');
  });

  it.each([
    [null, 'day', 'bad-precision'],
    ['2026-03-01T00:00:00Z', 'unknown', 'bad-precision'],
    ['2026-03-01T00:00:00Z', 'hour', 'bad-precision'],
    ['yesterday', 'instant', 'bad-time'],
  ])('time %p with precision %p is refused', (time, precision, code) => {
    expect(() => readOccurrence(time, precision)).toThrow(expect.objectContaining({ code }));
  });

  it('takes 24 hours ahead, and not a millisecond more', () => {
    const recordedAt = '2026-03-01T00:00:00.000Z';
    expect(() => refuseAhead('2026-03-02T00:00:00.000Z', recordedAt)).not.toThrow();
    expect(() => refuseAhead('2026-03-02T00:00:00.001Z', recordedAt)).toThrow(
      expect.objectContaining({ code: 'time-ahead', field: 'time' }),
    );
  });
});
