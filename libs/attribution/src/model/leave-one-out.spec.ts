import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fraction, sum } from '../exact/fraction.ts';
import { row, rowsOf } from '../testing/paths.ts';
import { leaveOneOut } from './leave-one-out.ts';

describe('leave-one-out credit', () => {
  it('Snowplow: Organic > Direct 1/1 with Direct 3/25 and Organic 1/26: 2291/647 and 944/647', () => {
    expect(leaveOneOut([row('Organic>Direct', 1, 1), row('Direct', 3, 25), row('Organic', 1, 26)])).toEqual([
      { channel: 'Direct', conversions: fraction(2291n, 647n) },
      { channel: 'Organic', conversions: fraction(944n, 647n) },
    ]);
  });

  it('gives the last touch all where no touch adds anything', () => {
    const rows = [row('a>b', 1, 3), row('a', 1), row('b', 1)];
    expect(leaveOneOut(rows).map(({ conversions }) => conversions)).toEqual([fraction(1n), fraction(2n)]);
  });

  it('sums to the conversions that anything touched, whatever order rows come in', () => {
    fc.assert(
      fc.property(rowsOf(), (rows) => {
        const credit = leaveOneOut(rows);
        const touched = rows.filter(({ channels }) => channels.length > 0);
        const won = touched.reduce((all, { conversions }) => all + conversions, 0);
        expect(sum(credit.map(({ conversions }) => conversions))).toEqual(fraction(BigInt(won)));
        expect(leaveOneOut(rows.toReversed())).toEqual(credit);
      }),
    );
  });
});
