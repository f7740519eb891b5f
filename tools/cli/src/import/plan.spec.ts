import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadMapping, MappingError } from './mapping.ts';
import { planImport } from './plan.ts';

const mapping = loadMapping('example-fair-scans');
const header = 'badge;booth;scanned_at;interest';
const scans = [
  'b1;H1;2026-03-01 09:30:00;hot',
  'b2;H2;2026-03-01 10:00:00;',
  'b2;H2;2026-03-01 10:00:00;',
  'b3;H9;2026-03-02 11:15:00;cold',
];
const badges = ['badge;company;price_paid', 'b1;Alder Works;120.50', 'b2;;0', 'b3;Fjord Paper;'];

/** A shape whose column names and keys are not ASCII. */
const keyed = {
  name: 'keyed',
  about: 'accounts by name',
  source: 'urn:test',
  files: { rows: { name: 'contacts', columns: ['firma', 'größe'], key: ['firma'], delimiter: ';' } },
  events: [
    {
      file: 'rows',
      emit: 'account.described',
      data: { account: '{firma}', employees: { $number: '{größe}' } },
    },
    { file: 'rows', command: 'capture', to: 'leads', on: 'lead-{firma}', data: { account: '{firma}' } },
  ],
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, lines: readonly string[] | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.isBuffer(lines) ? lines : lines.join('\n'));
  return path;
}
const plan = (rows: readonly string[] | Buffer) =>
  planImport(mapping, [
    file('scans.csv', Buffer.isBuffer(rows) ? rows : [header, ...rows]),
    file('badges.csv', badges),
  ]);

describe('an import plan, for a shape that JSON alone describes', () => {
  it('makes several events of a row, with look-ups, value maps and money in minor units', () => {
    const { facts, commands } = plan(scans);
    const touch = facts.find((fact) => fact.name === 'touch.recorded' && fact.line === 2);
    expect(touch).toMatchObject({
      occurredAt: '2026-03-01T09:30:00.000Z',
      precision: 'instant',
      data: {
        person: 'b1',
        account: 'Alder Works',
        cost: { amount: 12050, currency: 'EUR' },
        attributes: { booth: 'Main hall' },
      },
    });
    expect(commands.leads).toMatchObject([
      { command: 'capture', on: 'fair-b1', data: { person: 'b1', source: 'trade_show' } },
    ]);
  });

  it('marks what no cell fed as inferred, a constant currency among it, and keeps blank cells unknown (I2)', () => {
    const facts = plan(scans).facts.filter((fact) => fact.name === 'touch.recorded');
    expect(facts[0]?.inferred).toEqual(expect.arrayContaining(['channel', 'kind', 'team', 'touchType']));
    expect(facts.find((fact) => fact.line === 2)?.inferred).toContain('cost.currency');
    expect(facts.find((fact) => fact.line === 5)).toMatchObject({
      data: { cost: null, attributes: { booth: 'H9' } },
    });
  });

  it('counts equal rows without a key apart, by their occurrence', () => {
    const ids = plan(scans).facts.map((fact) => fact.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => id.includes('#2'))).toHaveLength(1);
  });

  it('is the same plan in any row order', () => {
    const withoutLines = (rows: readonly string[]) => {
      const { facts, commands } = plan(rows);
      return JSON.stringify([facts, commands], (key, value: unknown) => (key === 'line' ? undefined : value));
    };
    const expected = withoutLines(scans);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(scans, { minLength: scans.length }),
        (shuffled) => withoutLines(shuffled) === expected,
      ),
      { numRuns: 30 },
    );
  });

  it.each([
    ['a ragged row', 'b1;H1;2026-03-01 09:30:00', 'has 3 cells where the header has 4'],
    ['a date that is none', 'b1;H1;2026-02-30 09:30:00;', 'expected a date-time such as'],
    ['a year that would become another', 'b1;H1;0026-02-03 09:30:00;', 'expected a date-time such as'],
    ['a NUL character', 'b\0;H1;2026-03-01 09:30:00;hot', 'column badge holds a NUL character'],
    ['a quote that is never closed', 'b1;H1;"2026-03-01 09:30:00;', 'is opened and not closed'],
    ['a blank cell in an id', ';H1;2026-03-01 09:30:00;hot', 'needs a cell that is blank'],
  ])('refuses %s with its line and takes the rest', (_, row, reason) => {
    const { refused, facts } = plan([...scans, row]);
    expect(refused).toMatchObject([{ file: 'scans.csv', line: 6, reason: expect.stringContaining(reason) }]);
    expect(facts.filter((fact) => fact.name === 'touch.recorded')).toHaveLength(4);
  });

  it('refuses a row of another encoding alone', () => {
    const bytes = Buffer.concat([
      Buffer.from(`${header}\n${scans[0]}\nb4;`),
      Buffer.from([0xe9, 0xff]),
      Buffer.from(';2026-03-01 09:30:00;\n'),
      Buffer.from(`${scans[3]}\n`),
    ]);
    const { refused, facts } = plan(bytes);
    expect(refused).toMatchObject([
      { file: 'scans.csv', line: 3, reason: expect.stringContaining('column booth is not UTF-8') },
    ]);
    expect(facts.filter((fact) => fact.name === 'touch.recorded')).toHaveLength(2);
  });

  it('refuses both of two rows that name one entity and differ, so that their order decides nothing', () => {
    const both = [...badges, 'b1;Fjord Paper;1'];
    const { refused } = planImport(mapping, [file('badges.csv', both)]);
    expect(refused.map(({ line }) => line)).toEqual([2, 5]);
  });

  it('I2 names a column as the file writes it, and refuses a file that names one twice', () => {
    const own = loadMapping(file('own.json', [JSON.stringify(keyed)]));
    const { facts } = planImport(own, [file('contacts.csv', ['\ufefffirma;größe', 'Hütte & Söhne;12'])]);
    expect(facts).toMatchObject([{ data: { employees: 12 }, file: 'contacts.csv' }]);
    expect(() => planImport(own, [file('contacts.csv', ['firma;größe;firma', 'a;1;b'])])).toThrow(
      'names the column firma twice',
    );
    const latin1 = Buffer.from('firma;größe\na;1\n', 'latin1');
    expect(() => planImport(own, [file('contacts.csv', latin1)])).toThrow('is not UTF-8');
    expect(() => planImport(own, [folder])).toThrow(MappingError);
    expect(() => planImport(own, [join(folder, 'no-contacts.csv')])).toThrow('cannot be read');
  });

  it('gives commands ids that a door takes, whatever the key', () => {
    const rows = ['firma;größe', 'Hütte & Söhne;12', `${'x'.repeat(300)};1`, 'plain;9007199254740993'];
    const own = loadMapping(file('own.json', [JSON.stringify(keyed)]));
    const { facts, commands, refused } = planImport(own, [file('contacts.csv', rows)]);
    const ids = commands.leads.map(({ commandId }) => commandId);
    expect(ids).toHaveLength(2);
    for (const id of ids) expect(id).toMatch(/^[\x21-\x7e]{1,200}$/);
    for (const { id } of facts) expect(id.length).toBeLessThanOrEqual(200);
    expect(refused).toMatchObject([
      { file: 'contacts.csv', line: 4, reason: expect.stringContaining('too large') },
    ]);
  });

  it('names a missing column, an unknown file and a broken mapping', () => {
    expect(() => planImport(mapping, [file('scans.csv', ['badge;booth', 'b1;H1'])])).toThrow(
      'lacks the columns scanned_at, interest',
    );
    expect(() => planImport(mapping, [file('other.csv', [header])])).toThrow(MappingError);
    expect(() => loadMapping(file('mine.json', ['{ "name": "x" }']))).toThrow('at about');
    expect(() => loadMapping('nothing')).toThrow('crm-sales-opportunities, example-fair-scans, olist-funnel');
  });
});
