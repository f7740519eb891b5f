import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCsv, type CsvShape } from './csv.ts';

const shape: CsvShape = { columns: ['id', 'day', 'name', 'amount'], key: ['id'], delimiter: ',' };
const HEADER = 'id,day,name,amount';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'csv-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(content: string | Buffer, more: Partial<CsvShape> = {}) {
  const path = join(folder, 'deals.csv');
  writeFileSync(path, content);
  const found = readCsv(path, 'deals', { ...shape, ...more });
  expect(found.read).toBe(found.rows.length + found.repeats + found.refused.length);
  return {
    ...found,
    ids: found.rows.map(({ cells }) => cells['id']),
    lines: found.refused.map(({ line }) => line),
  };
}

describe('a file as other programs write it', () => {
  it.each([
    [
      'a byte order mark and quoted headers',
      Buffer.from(`\ufeff"id","day","name","amount"\r\n"a","1","x","2"\r\n`),
    ],
    ['UTF-16 with its mark', Buffer.from(`\ufeff${HEADER}\na,1,x,2\n`, 'utf16le')],
    ['UTF-16 of the other byte order', Buffer.from(`\ufeff${HEADER}\na,1,x,2\n`, 'utf16le').swap16()],
    ['CR LF', `${HEADER}\r\na,1,x,2\r\n`],
    ['CR alone', `${HEADER}\ra,1,x,2\r`],
    ['no end of the last line', `${HEADER}\na,1,x,2`],
    ['blanks around headers and cells', ` id , day,name ,amount\n a ,1,\u00a0x\t,2\n`],
    ['blank lines', `\n${HEADER}\n\na,1,x,2\n\n`],
    ['a first line that names the delimiter', `sep=,\n${HEADER}\na,1,x,2\n`],
    ['a doubled column that nobody reads', `${HEADER},note,note\na,1,x,2,p,q\n`],
  ])('I1, I8 is read with %s', (_, content) => {
    const { rows, refused } = read(content);
    expect(refused).toEqual([]);
    expect(rows.map(({ cells }) => [cells['id'], cells['name'], cells['amount']])).toEqual([['a', 'x', '2']]);
  });

  it('I8 is read in the encoding that the mapping names', () => {
    const bytes = Buffer.from(`${HEADER}\na,1,M\xfcller \x80,2\n`, 'latin1');
    expect(read(bytes, { encoding: 'windows-1252' }).rows[0]?.cells['name']).toBe('Müller €');
    expect(read(bytes).lines).toEqual([2]);
  });

  it('I8 has blank cells where a text means blank', () => {
    const { rows } = read(`${HEADER}\na,N/A, (not set) ,0\n`, { blank: ['N/A', '(not set)'] });
    expect(rows[0]?.cells).toEqual({ id: 'a', day: '', name: '', amount: '0' });
  });

  it.each([
    ['', 'is empty'],
    ['id;day;name;amount\n', 'separated by ";"'],
    ['id\tday\tname\tamount\n', 'separated by a tab'],
    ['sep=;\nid;day;name;amount\n', 'says that its cells are separated by ";"'],
    ['ID,Day,name,amount\n', 'differ in upper and lower case only'],
    ['id,day,name\n', 'lacks the column amount'],
    ['id,day,name,amount,name\n', 'names the column name twice'],
    ['"id,day\n', 'the header cannot be read'],
  ])('I10 says the likely cause of %j', (content, message) => {
    expect(() => read(content)).toThrow(message);
  });
});

describe('a row that is badly quoted', () => {
  const good = (id: string) => `${id},2017-02-01,fine,1`;

  it.each([
    ['a quote inside a cell', 'bad,2017-02-01,"Bob" Smith,5'],
    ['a quote that is never closed', 'bad,2017-02-01,"Bob Smith,5'],
    ['a quote in the middle', 'bad,2017-02-01,5" pipe,5'],
    ['a quote at the end', 'bad,2017-02-01,Smith,5"'],
    ['three quotes', 'bad,2017-02-01,"""Bob,5'],
    ['a blank before a quote', 'bad,2017-02-01, "Bob, Smith",5'],
    ['too many cells', 'bad,2017-02-01,Bob,Smith,5'],
    ['too few cells', 'bad,2017-02-01'],
  ])('I2 is refused alone, with %s', (_, row) => {
    const rows = [good('a'), good('b'), row, good('c'), '"d",2017-02-01,"said ""hello""",2', good('e')];
    const found = read([HEADER, ...rows].join('\n'));
    expect(found.ids).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(found.refused).toEqual([{ file: 'deals.csv', line: 4, reason: expect.any(String), text: row }]);
  });

  it.each([
    ['a number', '1,2017-02-01,"x,5', '4,2017-02-01,y",5'],
    ['a name with a comma of its own', '1,2017-02-01,"Acme Inc,5', '4,2017-02-01,Widget 5",5'],
  ])('I2 with %s keeps the rows between two stray quotes', (_, first, second) => {
    const rows = [first, good('b'), good('c'), second, good('e')];
    expect(read([HEADER, ...rows].join('\n'))).toMatchObject({ ids: ['b', 'c', 'e'], lines: [2, 5] });
  });

  it('I2 is not seen in a quoted cell whose lines are no rows', () => {
    const note = '"first line, with a comma\nsecond line\nthird, and, last"';
    expect(read(`${HEADER}\na,1,${note},2\n${good('b')}\n`)).toMatchObject({ ids: ['a', 'b'], lines: [] });
  });

  it('I2 as the last row takes nothing along', () => {
    expect(read(`${HEADER}\n${good('a')}\n${good('b')}\nbad,1,"x,2\n`)).toMatchObject({
      ids: ['a', 'b'],
      lines: [4],
    });
  });

  it('I10 leaves lines counted right behind cells that span lines, with either line end', () => {
    for (const end of ['\n', '\r\n']) {
      const rows = ['a,1,"two', 'lines",2', 'b,1,"three', '', 'lines, ""quoted""",2', 'bad,1', good('c')];
      const found = read([HEADER, ...rows].join(end));
      expect(found).toMatchObject({ ids: ['a', 'b', 'c'], lines: [7] });
      expect(found.rows.map(({ line }) => line)).toEqual([2, 4, 8]);
      expect(found.rows[1]?.cells['name']).toBe('three\n\nlines, "quoted"');
    }
  });

  it('I2 never loses a row and never takes one that was not written, whatever the cells', () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'é', ';'),
      maxLength: 6,
    });
    const written = (cells: readonly string[]) =>
      cells.map((each) => `"${each.replaceAll('"', '""')}"`).join(',');
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 }), (rows) => {
        const lines = rows.map((cells, at) => written([`row-${at}`, ...cells]));
        const found = read([HEADER, ...lines].join('\n'));
        expect(found.refused).toEqual([]);
        const normal = (text: string) => text.replaceAll('\r\n', '\n').trim();
        expect(
          found.rows.map(({ cells }) => ['day', 'name', 'amount'].map((each) => normal(cells[each] ?? ''))),
        ).toEqual(rows.map((cells) => cells.map(normal)));
      }),
      { numRuns: 300 },
    );
  });

  it('I2 accounts for every line of a file of any bytes', () => {
    const unit = fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', '""', '","');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        const found = read(`${HEADER}\n${text}`);
        expect(found.read).toBeGreaterThanOrEqual(found.rows.length);
      }),
      { numRuns: 500 },
    );
  });
});

describe('rows of one key', () => {
  it('I9 are told apart by what is in the cells, not by blanks around it', () => {
    expect(read(`${HEADER}\na,1,x,2\n a ,1, x,2\n`)).toMatchObject({ ids: ['a'], repeats: 1 });
  });

  it('I2 without a key are the same with the column of reasons as without', () => {
    const keyless = { key: undefined };
    const [plain] = read(`${HEADER}\na,1,x,2\n`, keyless).rows;
    const [again] = read(`\ufeff${HEADER},refused because\na,1,x,2,"line 2: bad"\n`, keyless).rows;
    expect(again?.key).toBe(plain?.key);
  });

  it('I8 are UTF-8 where a mark says so, whatever the mapping says', () => {
    const marked = read(`\ufeff${HEADER}\na,1,München €,2\n`, { encoding: 'windows-1252' });
    expect(marked.rows[0]?.cells['name']).toBe('München €');
  });

  it('I10 count each bad row once', () => {
    expect(read(`${HEADER}\na,1,x,2\na,1,y,2\na,1,z,2\n,1,x,2\n`).lines.toSorted()).toEqual([2, 3, 4, 5]);
  });
});
