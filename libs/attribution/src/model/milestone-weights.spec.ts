import { describe, expect, it } from '@jest/globals';
import type { Journey } from '../journey/journey.ts';
import { credit } from './credit.ts';
import { modelOf } from './model-of.ts';

const at = (...times: number[]) => times.map((time) => ({ id: `t${time}`, at: time, channel: 'web' }));
const path = (times: number[], lead: number | null, opportunity: number | null): Journey => ({
  touches: at(...times),
  closedAt: 100,
  milestones: { lead, opportunity },
});
const dealt = (of: Journey, name: string, missing: string) => {
  const { shares, unattributed } = credit(of, modelOf({ name, parameters: { missing } }), 1_000n);
  return [shares.map(Number), Number(unattributed)];
};
const ALL = ['renormalise', 'next-stage', 'unattributed'];

describe('A2 milestones that no touch qualifies for', () => {
  it.each(ALL)('W-shaped credits no touch after the opening (%s)', (missing) => {
    expect(dealt(path([20, 30], 5, 10), 'w-shaped', missing)).toEqual([[0, 0], 1_000]);
    expect(dealt(path([20], null, 10), 'w-shaped', missing)).toEqual([[0], 1_000]);
    expect(dealt(path([10, 20], 10, 10), 'w-shaped', missing)).toEqual([[1_000, 0], 0]);
  });

  it.each(ALL)('U-shaped credits no touch after the lead (%s)', (missing) => {
    for (const model of ['u-shaped-50-50', 'u-shaped-40-40-20'])
      expect(dealt(path([20, 30], 5, 10), model, missing)).toEqual([[0, 0], 1_000]);
  });

  it('leaves the share of a milestone that was reached before every touch to nobody, where that is the rule', () => {
    // no lead touch: 300 of 900 of the milestones, and no middle
    const late = path([7], 5, 10);
    expect(dealt(late, 'w-shaped', 'unattributed')).toEqual([[667], 333]);
    expect(dealt(late, 'w-shaped', 'renormalise')).toEqual([[1_000], 0]);
    // with a middle touch it keeps its 10 percent
    const middle = path([6, 7, 10], 5, 10);
    expect(dealt(middle, 'w-shaped', 'unattributed')).toEqual([[300, 100, 300], 300]);
    expect(dealt(path([50], 5, 10), 'full-path', 'unattributed')).toEqual([[500], 500]);
    expect(dealt(path([50], 5, 10), 'full-path', 'renormalise')).toEqual([[1_000], 0]);
  });

  it('renormalises a milestone that was not reached, which is no one\u2019s fault', () => {
    expect(dealt(path([7], null, 10), 'w-shaped', 'unattributed')).toEqual([[1_000], 0]);
    expect(dealt(path([7], 8, null), 'full-path', 'unattributed')).toEqual([[1_000], 0]);
  });
});

describe('A3 last non-direct', () => {
  it.each(['direct', 'Direct', '(direct)', ' DIRECT ', '(none)', '(not set)', '(unknown)', ''])(
    'passes over %j',
    (channel) => {
      const of = { ...path([1, 2], null, null), touches: [...at(1), { id: 'x', at: 2, channel }] };
      expect(credit(of, modelOf({ name: 'last-non-direct' }), 9n).shares).toEqual([9n, 0n]);
      const all = { ...of, touches: of.touches.map((it) => ({ ...it, channel })) };
      expect(credit(all, modelOf({ name: 'last-non-direct' }), 9n).shares).toEqual([0n, 9n]);
    },
  );
});

describe('A7 weights and remainders', () => {
  it('keeps small weights exactly, and refuses those it cannot keep', () => {
    const first = (small: unknown) =>
      modelOf({ name: 'position-based', parameters: { first: small, middle: 0, last: '3e-13' } });
    for (const small of ['1e-13', 1e-13, '0.0000000000001', '1.00e-13', '10e-14']) {
      expect(credit(path([1, 2], null, null), first(small), 4n).shares).toEqual([1n, 3n]);
      expect(first(small).spec.parameters['first']).toBe('0.0000000000001');
    }
    for (const beyond of ['1e-31', '5e-324', `0.${'0'.repeat(40)}1`])
      expect(() => first(beyond)).toThrow('more than 30 decimal places');
  });

  it('spreads equal remainders by the deal, whole and in the same way each time', () => {
    const of = path([1, 2], null, null);
    const linear = modelOf({ name: 'linear' });
    const deals = Array.from({ length: 2_000 }, (_, n) => `deal-${n}`);
    const firsts = deals.map((deal) => {
      const { shares } = credit(of, linear, 101n, deal);
      expect(shares.reduce((a, b) => a + b)).toBe(101n);
      expect(credit(of, linear, 101n, deal).shares).toEqual(shares);
      return Number(shares[0]) - 50;
    });
    const earlier = firsts.reduce((a, b) => a + b);
    // 1,000 of 2,000, three standard deviations of 22 on both sides
    expect(Math.abs(earlier - 1_000)).toBeLessThan(67);
  });
});
