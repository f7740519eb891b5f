import { describe, expect, it } from '@jest/globals';
import { isTimeFormat, whenOf } from './time.ts';

const at = (text: string, format: string, more: object = {}) =>
  whenOf({ from: '{at}', format, ...more } as never, { at: text });

describe('when a row happened', () => {
  it.each([
    ['2018-02-26', 'date', {}, '2018-02-26T00:00:00.000Z', 'day'],
    ['2018-02', 'month', {}, '2018-02-01T00:00:00.000Z', 'month'],
    ['2018-02-26 19:58:54', 'date-time', {}, '2018-02-26T19:58:54.000Z', 'instant'],
    [
      '2018-02-26T19:58:54',
      'date-time',
      { zone: 'America/Sao_Paulo' },
      '2018-02-26T22:58:54.000Z',
      'instant',
    ],
    ['2018-02-26T19:58:54.5+01:00', 'iso', {}, '2018-02-26T18:58:54.500Z', 'instant'],
    ['1519675134', 'epoch-seconds', {}, '2018-02-26T19:58:54.000Z', 'instant'],
    ['1519675134000', 'epoch-milliseconds', {}, '2018-02-26T19:58:54.000Z', 'instant'],
    ['26/02/2018', 'dd/MM/yyyy', { zone: 'Pacific/Apia' }, '2018-02-26T00:00:00.000Z', 'day'],
    [
      '2/26/2018 7:58 PM',
      'M/d/yyyy h:mm a',
      { zone: 'Asia/Kathmandu' },
      '2018-02-26T14:13:00.000Z',
      'instant',
    ],
    ['2018-02-26T19:58:54+01:00', 'YYYY-MM-DDTHH:mm:ssZZ', {}, '2018-02-26T18:58:54.000Z', 'instant'],
    ['26/02/2018 19:58', 'DD/MM/YYYY HH:mm', {}, '2018-02-26T19:58:00.000Z', 'instant'],
    ['20180226', 'yyyyMMdd', {}, '2018-02-26T00:00:00.000Z', 'day'],
    ['2018-02-26 19:58 +0000', 'yyyy-MM-dd HH:mm ZZZ', {}, '2018-02-26T19:58:00.000Z', 'instant'],
    [
      '26 Feb 2018, 19:58',
      'd MMM yyyy, HH:mm',
      { zone: 'Europe/Paris' },
      '2018-02-26T18:58:00.000Z',
      'instant',
    ],
    ['02/2018', 'MM/yyyy', {}, '2018-02-01T00:00:00.000Z', 'month'],
    [
      '2018-10-28 02:30:00',
      'date-time',
      { zone: 'Europe/Paris', twice: 'first' },
      '2018-10-28T00:30:00.000Z',
      'instant',
    ],
    [
      '2018-10-28 02:30:00',
      'date-time',
      { zone: 'Europe/Paris', twice: 'second' },
      '2018-10-28T01:30:00.000Z',
      'instant',
    ],
  ])('I8 reads %s as %s %j', (text, format, more, occurredAt, precision) => {
    expect(at(text, format, more)).toEqual({ occurredAt, precision });
  });

  it.each([
    ['2026-02-30T10:00:00Z', 'iso', {}, 'expected a iso'],
    ['2026-04-31T10:00:00Z', 'iso', {}, 'expected a iso'],
    ['2026-13-01T10:00:00Z', 'iso', {}, 'expected a iso'],
    ['2026-02-28T24:00:00Z', 'iso', {}, 'expected a iso'],
    ['2026-02-28T10:60:00Z', 'iso', {}, 'expected a iso'],
    ['2026-02-28T10:00:00', 'iso', {}, 'expected a iso'],
    ['2025-02-29', 'date', {}, 'expected a date'],
    ['31/04/2026', 'dd/MM/yyyy', {}, 'such as 26/02/2018'],
    ['02/26/2018', 'dd/MM/yyyy', {}, 'expected'],
    ['1.5', 'epoch-seconds', {}, 'expected'],
    ['-1', 'epoch-seconds', {}, 'expected'],
    ['1899-12-31', 'date', {}, 'expected'],
    ['2018-03-25 02:30:00', 'date-time', { zone: 'Europe/Paris' }, 'the clocks left that time out'],
    ['2018-10-28 02:30:00', 'date-time', { zone: 'Europe/Paris' }, 'showed that time twice'],
  ])('I4, I8 refuses %s as %s %j', (text, format, more, message) => {
    expect(() => at(text, format, more)).toThrow(message);
  });

  it('is undated where the cell is blank', () => {
    expect(at('', 'iso')).toEqual({ occurredAt: null, precision: 'unknown' });
  });

  it('I10 knows a format that can be read from one that cannot', () => {
    expect(['iso', 'dd/MM/yyyy', 'yyyyMMdd', 'M/d/yy h:mm a'].map(isTimeFormat)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['isoo', 'dd', 'HH:mm', '', 'toString', "kkkk-'W'WW"].map(isTimeFormat)).toEqual([
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
