import { describe, expect, it } from '@jest/globals';
import { UNIT } from '../exact/decimal.ts';
import { fraction, type Fraction } from '../exact/fraction.ts';
import type { Journey } from '../journey/journey.ts';
import { credit } from './credit.ts';
import { influence } from './influence.ts';
import { modelOf } from './model-of.ts';
import type { ModelSpec } from './rule-model.ts';

const DAY = 86_400_000;

/** Channels apart by ` > `, or letters; touches a day apart unless told. */
function path(
  channels: string,
  days?: readonly number[],
  milestones?: Partial<Journey['milestones']>,
): Journey {
  const names = channels.includes(' > ') ? channels.split(' > ') : [...channels];
  const touches = names.map((channel, place) => ({
    id: `touch-${place}`,
    at: (days?.[place] ?? place) * DAY,
    channel,
  }));
  return { touches, closedAt: 100 * DAY, milestones: { lead: null, opportunity: null, ...milestones } };
}

function expectShares(journey: Journey, spec: ModelSpec, shares: readonly Fraction[]): void {
  const weights = modelOf(spec).weights(journey);
  const all = weights.reduce((a, b) => a + b, 0n);
  expect(weights.map((weight) => fraction(weight, all))).toEqual(shares);
}

/** Credit as published: of so many dollars, rounded to so many places. */
function decimals(journey: Journey, spec: ModelSpec, dollars: bigint, places: number): number[] {
  const { shares } = credit(journey, modelOf(spec), dollars * UNIT);
  return shares.map((share) => Number((Number(share) / Number(UNIT)).toFixed(places)));
}

const [half, third, quarter] = [fraction(1n, 2n), fraction(1n, 3n), fraction(1n, 4n)];
const tenths = (...all: bigint[]) => all.map((it) => fraction(it, 10n));

describe('published examples', () => {
  it('mta: linear 2, 19/6, 19/6, 5/3 and position 2, 7/2, 7/2, 1', () => {
    const rows = [
      { journey: path('direct > direct').touches.slice(0, 1), conversions: 2n },
      { journey: path('search > email').touches, conversions: 3n },
      { journey: path('search > social > email').touches, conversions: 5n },
    ];
    const report = (spec: ModelSpec) => {
      const sums = new Map<string, bigint>();
      for (const { journey: touches, conversions } of rows) {
        const { shares } = credit({ ...path(''), touches }, modelOf(spec), conversions * 60n);
        for (const [place, { channel }] of touches.entries()) {
          sums.set(channel, (sums.get(channel) ?? 0n) + (shares[place] ?? 0n));
        }
      }
      return ['direct', 'search', 'email', 'social'].map((channel) => fraction(sums.get(channel) ?? 0n, 60n));
    };
    expect(report({ name: 'linear' })).toEqual([
      fraction(2n),
      fraction(19n, 6n),
      fraction(19n, 6n),
      fraction(5n, 3n),
    ]);
    expect(report({ name: 'position-based' })).toEqual([
      fraction(2n),
      fraction(7n, 2n),
      fraction(7n, 2n),
      fraction(1n),
    ]);
  });

  it('PostHog: ages 2, 1, 0 days at a half-life of 1 day are exactly 1/7, 2/7, 4/7', () => {
    const decay = { name: 'time-decay', parameters: { halfLifeDays: 1 } };
    expectShares(
      path('abc', [0, 1, 2]),
      decay,
      [1n, 2n, 4n].map((it) => fraction(it, 7n)),
    );
  });

  it('Adobe: ages 9, 6, 0, 0 days, 50 dollars', () => {
    const journey = path('abcd', [0, 3, 9, 9]);
    expect(decimals(journey, { name: 'time-decay' }, 50n, 3)).toEqual([6.923, 9.318, 16.879, 16.879]);
    expect(decimals(journey, { name: 'linear' }, 50n, 2)).toEqual([12.5, 12.5, 12.5, 12.5]);
    expect(decimals(journey, { name: 'j-shaped' }, 50n, 2)).toEqual([10, 5, 5, 30]);
  });

  it('marketingskills: ages 38, 33, 26, 8, 0 days, 12,000 dollars, to the cent', () => {
    const journey = path('abcde', [0, 5, 12, 30, 38]);
    const shares = [175.2, 287.44, 574.88, 3417.04, 7545.45];
    expect(decimals(journey, { name: 'time-decay' }, 12_000n, 2)).toEqual(shares);
  });

  it('Snowplow: Direct > Organic > Direct, 140', () => {
    const journey = path('Direct > Organic > Direct');
    expect(credit(journey, modelOf({ name: 'position-based' }), 140n).shares).toEqual([56n, 28n, 56n]);
    expect(credit(journey, modelOf({ name: 'linear' }), 140_00n).shares).toEqual([46_67n, 46_67n, 46_66n]);
  });

  it('ages of 100007 and 100000 days underflow nowhere: 1/3 and 2/3', () => {
    expectShares(path('ab', [0, 7]), { name: 'time-decay' }, [third, fraction(2n, 3n)]);
  });

  it('decay is 0 beyond 128 half-lives, and a unit before', () => {
    const decay = { name: 'time-decay', parameters: { halfLifeDays: 1 } };
    const weights = (age: number) => modelOf(decay).weights(path('ab', [0, age]));
    expect([127, 128, 129].map((age) => weights(age)[0])).toEqual([2n, 1n, 0n]);
  });

  it('two touches at 20/20/60 are 25/75, or 30/70 with the middle split', () => {
    expectShares(path('ab'), { name: 'j-shaped' }, [quarter, fraction(3n, 4n)]);
    expectShares(path('ab'), { name: 'j-shaped', parameters: { pair: 'split-middle' } }, tenths(3n, 7n));
  });

  it('a middle alone still credits two touches, and one', () => {
    const middle = { name: 'position-based', parameters: { first: 0, middle: 1, last: 0 } };
    expectShares(path('ab'), middle, [half, half]);
    expectShares(path('a'), middle, [fraction(1n)]);
    expectShares(path('ab'), { name: 'custom-by-position', parameters: { start: [0], rest: 1, end: [0] } }, [
      half,
      half,
    ]);
  });
});

describe('by milestone', () => {
  const [lead, opportunity] = [1 * DAY, 3 * DAY];
  const all = path('abcde', undefined, { lead, opportunity });

  it('gives each stage its touch, and the middle to those before the last stage', () => {
    const zero = fraction(0n);
    expectShares(all, { name: 'u-shaped-50-50' }, [half, half, zero, zero, zero]);
    expectShares(all, { name: 'u-shaped-40-40-20' }, [half, half, zero, zero, zero]);
    expectShares(all, { name: 'w-shaped' }, tenths(3n, 3n, 1n, 3n, 0n));
    expectShares(
      all,
      { name: 'full-path' },
      [9n, 9n, 4n, 9n, 9n].map((it) => fraction(it, 40n)),
    );
    const later = path('abcde', undefined, { lead: 3 * DAY });
    expectShares(later, { name: 'u-shaped-40-40-20' }, tenths(4n, 1n, 1n, 4n, 0n));
  });

  it('adds up what one touch holds', () => {
    const early = path('abc', undefined, { lead: 0, opportunity: DAY });
    expectShares(early, { name: 'w-shaped' }, [fraction(2n, 3n), third, fraction(0n)]);
    expectShares(path('a', undefined, { lead: 0, opportunity: 0 }), { name: 'full-path' }, [fraction(1n)]);
  });

  it('of touches at one instant, the last in order holds the milestone', () => {
    const tied = path('abcd', [0, 2, 2, 5], { lead: 2 * DAY });
    expectShares(tied, { name: 'u-shaped-50-50' }, [half, fraction(0n), half, fraction(0n)]);
  });

  it('without the lead stage, W is 9/20, 1/10, 9/20, or 3/10, 1/10, 6/10 on the next stage', () => {
    const skipped = path('abc', undefined, { opportunity: 2 * DAY });
    const twentieths = [9n, 2n, 9n].map((it) => fraction(it, 20n));
    expectShares(skipped, { name: 'w-shaped' }, twentieths);
    expectShares(skipped, { name: 'w-shaped', parameters: { missing: 'next-stage' } }, tenths(3n, 1n, 6n));
  });

  it('puts a last stage that is missing on the stage before, where the next is asked for', () => {
    const open = path('abc', undefined, { lead: 1 * DAY });
    const next = { name: 'w-shaped', parameters: { missing: 'next-stage' } };
    expectShares(open, next, tenths(3n, 6n, 1n));
    expectShares(open, { name: 'w-shaped' }, [fraction(9n, 20n), fraction(9n, 20n), fraction(1n, 10n)]);
  });

  it('takes a milestone before all touches for missing', () => {
    const soldFirst = path('ab', [5, 6], { lead: 1 * DAY, opportunity: 2 * DAY });
    expectShares(soldFirst, { name: 'full-path' }, [fraction(1n, 2n), fraction(1n, 2n)]);
  });

  it('I2: leaves unattributed what a custom model gives to nobody here', () => {
    const leadOnly = modelOf({ name: 'custom-by-stage', parameters: { stages: { lead: 1 } } });
    expect(credit(path('abc'), leadOnly, 100n)).toEqual({ shares: [0n, 0n, 0n], unattributed: 100n });
    const emailOnly = modelOf({ name: 'custom-by-channel', parameters: { channels: { email: 1 } } });
    expect(credit(path('abc'), emailOnly, 100n).unattributed).toBe(100n);
  });
});

describe('influence', () => {
  it('counts a channel once, or once a touch, and sums to more than the deal', () => {
    const entries = (kind: 'participation' | 'uniform') => [...influence(path('abaca'), kind, 100n)];
    expect(entries('participation')).toEqual([
      ['a', 100n],
      ['b', 100n],
      ['c', 100n],
    ]);
    expect(entries('uniform')).toEqual([
      ['a', 300n],
      ['b', 100n],
      ['c', 100n],
    ]);
  });
});

describe('effects as weights', () => {
  it('split a deal by the weights of the channels on its path', () => {
    const effects = { a: '0.5', b: '0.25' };
    const model = { name: 'custom-by-channel', parameters: { channels: effects, repeats: 'split' } };
    expectShares(path('aab'), model, [third, third, third]);
  });

  it('by channel and place: of each touch at its place, the last weight for every later one', () => {
    const places = { a: ['0.5', '0.25'], b: ['0', '0.25', '0.125'] };
    const model = { name: 'custom-by-channel-and-place', parameters: { places } };
    expectShares(
      path('abaab'),
      model,
      [8n, 4n, 4n, 4n, 2n].map((it) => fraction(it, 22n)),
    );
    expectShares(path('ba'), model, [fraction(0n), fraction(1n)]);
    expect(credit(path('bcc'), modelOf(model), 100n).unattributed).toBe(100n);
  });
});
