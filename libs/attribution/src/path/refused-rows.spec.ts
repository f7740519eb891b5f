import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MOST_TOLD, RefusedRows } from './refused-rows.ts';

describe('refused rows', () => {
  it('are told by line, the first twenty, with their count, whatever order they are found in', () => {
    const lines = fc.uniqueArray(fc.integer({ min: 2, max: 500 }), { maxLength: 60 });
    fc.assert(
      fc.property(lines, (found) => {
        const refused = new RefusedRows();
        for (const line of found) refused.add({ line, why: `row ${line}` });
        const ascending = found.toSorted((a, b) => a - b);
        expect(refused.count).toBe(found.length);
        expect(refused.first).toEqual(
          ascending.slice(0, MOST_TOLD).map((line) => ({ line, why: `row ${line}` })),
        );
      }),
    );
  });

  it('name a line once that is wrong twice', () => {
    const refused = new RefusedRows();
    for (const why of ['a quote is open', 'no number']) refused.add({ line: 4, why });
    expect(refused).toMatchObject({ count: 1, first: [{ line: 4, why: 'no number' }] });
  });

  it('of a million keep twenty', () => {
    const refused = new RefusedRows();
    for (let line = 1_000_001; line > 1; line -= 1) refused.add({ line, why: 'x' });
    expect(refused.count).toBe(1_000_000);
    expect(refused.first.map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, at) => at + 2));
  });
});
