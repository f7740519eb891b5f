import { describe, expect, it } from '@jest/globals';
import type { Entry } from './report.ts';
import { kept, markdown, sections, withoutRepeats } from './table.ts';

const said = { bench: 'append', at: '2026-11-21T10:00:00.000Z', scale: 1, machine: 'a machine', busy: 1 };
const comparison: Entry = {
  ...said,
  kind: 'comparison',
  name: '16 writers',
  unit: 'events',
  goal: 0.7,
  ours: { name: 'the store', rate: { min: 900, median: 1234.5, max: 1300 } },
  theirs: { name: 'a | bare INSERT', rate: { min: 1, median: 2000, max: 3000 } },
  ratio: { min: 0.5, median: 0.617, max: 0.7 },
  reached: false,
  limits: 'fsync',
};
const measurement: Entry = {
  ...said,
  kind: 'measurement',
  name: 'idle',
  figures: { CPU: { value: 0.314, unit: '%', atMost: 1 }, rows: 12 },
};

describe('the table at the end', () => {
  it('shows ratio, goal, whether it was reached and both rates', () => {
    expect(sections([comparison])).toEqual([
      {
        head: ['bench', 'comparison', 'ratio min / median / max', 'goal', 'reached', 'ours', 'theirs'],
        rows: [
          [
            ...['append', '16 writers', '0.50 / 0.62 / 0.70', '≥ 0.7', 'NO'],
            ...['the store: 1,235 events/s', 'a | bare INSERT: 2,000 events/s'],
          ],
        ],
      },
      { head: ['bench', 'comparison', 'what limits it'], rows: [['append', '16 writers', 'fsync']] },
    ]);
  });

  it('shows a figure with its unit and bound, and a dash where there is none', () => {
    expect(sections([measurement])[0]?.rows).toEqual([
      ['append', 'idle', 'CPU', '0.314 %', '≤ 1', 'yes'],
      ['append', 'idle', 'rows', '12', '–', '–'],
    ]);
  });

  it('says what was left out and why', () => {
    const left: Entry = { ...said, kind: 'left-out', name: 'relay', why: 'no Java' };
    expect(sections([left])).toEqual([
      { head: ['bench', 'left out', 'why'], rows: [['append', 'relay', 'no Java']] },
    ]);
  });

  it('for the eye says bench and name once', () => {
    const rows = [
      ['a', 'x', '1'],
      ['a', 'x', '1'],
      ['a', 'y', '1'],
      ['b', 'y', '1'],
    ];
    expect(withoutRepeats(rows)).toEqual([
      ['a', 'x', '1'],
      ['', '', '1'],
      ['', 'y', '1'],
      ['b', 'y', '1'],
    ]);
  });

  it('in markdown has the latest entry of a name and no broken cell', () => {
    const lines = markdown([comparison, { ...comparison, reached: true }]).split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[2]).toContain(
      '| ≥ 0.7 | yes | the store: 1,235 events/s | a \\| bare INSERT: 2,000 events/s |',
    );
  });
});

describe('a bound', () => {
  it('is kept up to itself and not past it', () => {
    expect(kept({ value: 5, atMost: 5 })).toBe(true);
    expect(kept({ value: 5.1, atMost: 5 })).toBe(false);
    expect(kept({ value: 5, atLeast: 5 })).toBe(true);
    expect(kept({ value: 4.9, atLeast: 5 })).toBe(false);
    expect(kept(5)).toBeNull();
    expect(kept({ value: 5 })).toBeNull();
  });
});
