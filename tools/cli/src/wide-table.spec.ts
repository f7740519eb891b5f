import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { table, type Cell } from './output.ts';
import { wideTable } from './wide-table.ts';

let written: string[];
beforeEach(() => {
  written = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => void jest.restoreAllMocks());
const lines = () => written.join('').split('\n').slice(0, -1);

const head = ['channel', 'first', 'last', 'linear'];
const rows: Cell[][] = [
  ['email', '1.00 EUR', '100.00 EUR', null],
  ['trade show', 'cost unknown', '0.00 EUR', '5.00 EUR'],
];

describe('tables', () => {
  it('stand figures by their last digit, and all else by its first letter', () => {
    table(head, rows);
    expect(lines()).toEqual([
      'channel     first               last    linear',
      'email       1.00 EUR      100.00 EUR         –',
      'trade show  cost unknown    0.00 EUR  5.00 EUR',
    ]);
  });

  it('go on below where a line has no room, every part with the first columns', () => {
    wideTable(head, rows, { width: 40 });
    expect(lines()).toEqual([
      'channel     first               last',
      'email       1.00 EUR      100.00 EUR',
      'trade show  cost unknown    0.00 EUR',
      '',
      'channel       linear',
      'email              –',
      'trade show  5.00 EUR',
    ]);
    written = [];
    wideTable(head, rows, { width: 46 });
    expect(lines()).toHaveLength(3);
  });

  it('show a column though no line has room for it, and say what there is when there is no row', () => {
    wideTable(head, rows, { width: 5 });
    expect(lines().filter((line) => line.startsWith('channel'))).toHaveLength(3);
    written = [];
    wideTable(head, [], { empty: 'None.' });
    expect(lines()).toEqual(['None.']);
  });
});
