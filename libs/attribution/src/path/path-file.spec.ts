import { describe, expect, it } from '@jest/globals';
import { PATH_COLUMNS, pathFileReader } from './path-file.ts';

const read = pathFileReader(PATH_COLUMNS);

function refusal(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was refused');
}

describe('a path file', () => {
  it('gives path rows, values in units of 1e-12', () => {
    expect(read(['beta > eta', '1', '2.4019999999999997', '3'])).toEqual({
      channels: ['beta', 'eta'],
      conversions: 1,
      value: 2_402_000_000_000n,
      losses: 3,
    });
    expect(read(['a >  b > a', '2.0', '0', '0']).channels).toEqual(['a', 'b', 'a']);
    expect(read(['', '1', '5', '0']).channels).toEqual([]);
    const turned = pathFileReader(['total_null', 'path', ' total_conversions', 'total_conversion_value']);
    expect(turned(['4', 'a', '1', '0'])).toEqual({ channels: ['a'], conversions: 1, value: 0n, losses: 4 });
  });

  it('A7 a blank value is not known: the conversions count, with no value', () => {
    for (const blank of ['', ' ', '\t', '  \u00a0', '\r'])
      expect(read(['a', '3', blank, '2'])).toEqual({ channels: ['a'], conversions: 3, value: 0n, losses: 2 });
    for (const wrong of ['-', 'n/a', 'null', '0x1', '1,5'])
      expect(() => read(['a', '3', wrong, '2'])).toThrow('is no number from 0 on');
  });

  it('never splits a name that holds ">", nor makes one channel of two', () => {
    const channelsOf = (path: string) => read([path, '1', '0', '0']).channels;
    expect(channelsOf('a>b > c')).toEqual(['a>b', 'c']);
    expect(channelsOf('A->B > c > next>>')).toEqual(['A->B', 'c', 'next>>']);
    for (const path of ['a>b', 'a>b>c', '>a', 'a > b> c', 'a >b > c', 'a -> b'])
      expect(() => channelsOf(path)).toThrow('Write " > " between channels, or tell the separator.');
  });

  it('splits at the separator that is told, and nowhere else', () => {
    const channelsOf = (path: string, separator: string) =>
      pathFileReader(PATH_COLUMNS, { separator })([path, '1', '0', '0']).channels;
    expect(channelsOf('a>b > c', '>')).toEqual(['a', 'b', 'c']);
    expect(channelsOf('a>b', ' > ')).toEqual(['a>b']);
    expect(channelsOf('a>b | c', '|')).toEqual(['a>b', 'c']);
    expect(() => channelsOf('a||b', '|')).toThrow('has a touch without a channel');
    const blank = expect.objectContaining({ code: 'bad-parameter', field: 'separator' });
    expect(() => channelsOf('a b', ' ')).toThrow(blank);
  });

  it('cuts a long path in what it says of it', () => {
    const { message } = refusal(() => read([`${'a > '.repeat(10_000)}> b`, '1', '0', '0']));
    expect(message).toContain('has a touch without a channel');
    expect(message.length).toBeLessThan(400);
  });

  it.each([
    [['path', 'conversions', 'total_conversion_value', 'total_null'], 'There is a column "conversions".'],
    [['path', 'total_conversions', 'total_conversion_value'], 'total_null is missing. Add it, with 0 where'],
    [
      ['total_conversions', 'total_conversion_value', 'total_null'],
      'path is missing. Add it, channels oldest first',
    ],
    [
      ['path', 'path', 'total_conversions', 'total_conversion_value', 'total_null'],
      'The column path is there twice.',
    ],
  ])('refuses the header %p', (header, message) => {
    expect(() => pathFileReader(header)).toThrow(message);
    expect(() => pathFileReader(header)).toThrow(expect.objectContaining({ code: 'bad-column' }));
  });

  it.each([
    [['a', '1', '0'], 'path', 'There are 3 cells for 4 columns. Quote a cell that holds a comma.'],
    [['a > > b', '1', '0', '0'], 'path', 'has a touch without a channel'],
    [['a', '-1', '0', '0'], 'total_conversions', '"-1" is no whole number from 0 to 999,999,999,999,999.'],
    [['a', '1.5', '0', '0'], 'total_conversions', 'Give the number of journeys, such as 3, or 0.'],
    [['a', '1', 'NaN', '0'], 'total_conversion_value', 'Give one such as 12.5, or 0.'],
    [['a', '1', '-2', '0'], 'total_conversion_value', '"-2" is no number from 0 on.'],
    [['a', '0', '2', '0'], 'total_conversion_value', 'The value is 2 with 0 conversions.'],
    [
      ['a', '9'.repeat(16), '0', '0'],
      'total_conversions',
      'is no whole number from 0 to 999,999,999,999,999.',
    ],
    [['a', '1', '2', ''], 'total_null', '"" is no whole number from 0 to 999,999,999,999,999.'],
    [
      ['a', '1', '1e400', '0'],
      'total_conversion_value',
      '"1e400" is 2^92 units of 1e-12 or more. Give it in',
    ],
    [[Array(65_536).fill('a').join(' > '), '1', '2', '0'], 'path', 'has 65536 touches. Keep its last 65535.'],
  ])('refuses the row %p', (cells, field, message) => {
    expect(() => read(cells)).toThrow(message);
    expect(() => read(cells)).toThrow(expect.objectContaining({ code: 'bad-row', field }));
  });
});
