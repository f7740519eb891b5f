import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Journey } from '../journey/journey.ts';
import { journeysOf, WHOLE_JOURNEY } from '../journey/journeys-of.ts';
import type { Touch } from '../journey/touch.ts';
import { credit } from './credit.ts';
import { modelOf } from './model-of.ts';
import type { ModelSpec } from './rule-model.ts';

const DAY = 86_400_000;
const END = 100 * DAY;
const OPEN_MILESTONES = { lead: null, opportunity: null };

const channel = fc.constantFrom('direct', 'email', 'search', 'event');
const instant = fc.integer({ min: 0, max: END });
const touches = (minLength: number) =>
  fc
    .array(fc.record({ at: fc.oneof(instant, fc.constantFrom(0, DAY, END)), channel }), {
      minLength,
      maxLength: 9,
    })
    .map((all) => all.map((it, index): Touch => ({ ...it, id: `touch-${index}` })));
const milestone = fc.option(instant);
const journey = (minLength = 1) =>
  fc
    .record({
      touches: touches(minLength),
      closedAt: fc.constantFrom(END, null),
      milestones: fc.record({ lead: milestone, opportunity: milestone }),
    })
    .map((it) => journeyOf(it.touches, it));

const weight = fc.integer({ min: 0, max: 1000 });
const some = <T extends Record<string, number>>(weights: T) => Object.values(weights).some((it) => it > 0);
const pair = fc.constantFrom('renormalise', 'split-middle');
const missing = fc.constantFrom('renormalise', 'next-stage');
const ends = fc.record({ first: weight, middle: weight, last: weight }).filter(some);

/** Models under which whatever journey with a touch is credited whole. */
const generous: fc.Arbitrary<ModelSpec> = fc.oneof(
  fc.constantFrom('first', 'last', 'linear', 'linear-by-channel').map((name) => ({ name })),
  fc.constant({ name: 'last-non-direct' }),
  fc.tuple(ends, pair).map(([all, two]) => ({ name: 'position-based', parameters: { ...all, pair: two } })),
  fc
    .tuple(fc.constantFrom('j-shaped', 'inverse-j-shaped'), pair)
    .map(([name, two]) => ({ name, parameters: { pair: two } })),
  fc
    .integer({ min: 1, max: 400 })
    .map((halfLifeDays) => ({ name: 'time-decay', parameters: { halfLifeDays } })),
  fc
    .tuple(fc.constantFrom('u-shaped-50-50', 'u-shaped-40-40-20', 'w-shaped', 'full-path'), missing)
    .map(([name, gone]) => ({ name, parameters: { missing: gone } })),
  fc
    .record({ start: fc.array(weight), rest: fc.integer({ min: 1, max: 9 }), end: fc.array(weight) })
    .map((parameters) => ({ name: 'custom-by-position', parameters })),
);

/** Models that may find nobody to credit. */
const selective: fc.Arbitrary<ModelSpec> = fc.oneof(
  fc
    .record({ stages: fc.record({ lead: weight, close: weight }).filter(some), middle: weight, missing })
    .map((parameters) => ({ name: 'custom-by-stage', parameters })),
  fc
    .record({ channels: fc.record({ email: weight, event: weight }).filter(some), other: weight })
    .chain((all) => fc.constantFrom('each', 'split').map((repeats) => ({ ...all, repeats })))
    .map((parameters) => ({ name: 'custom-by-channel', parameters })),
  fc
    .record({ email: fc.array(weight, { minLength: 1 }), other: weight })
    .filter(({ email, other }) => [...email, other].some((it) => it > 0))
    .map(({ email, other }) => ({
      name: 'custom-by-channel-and-place',
      parameters: { places: { email }, other },
    })),
);
const any = fc.oneof(generous, selective);

const amount = fc.bigInt({ min: 0n, max: 10n ** 16n });
const shareOf = (spec: ModelSpec, of: Journey, worth = 10n ** 12n) => credit(of, modelOf(spec), worth).shares;

describe('credit under every rule model', () => {
  it('I8: shares and what is unattributed sum to the amount, to the cent', () => {
    fc.assert(
      fc.property(journey(0), any, amount, (of, spec, worth) => {
        const { shares, unattributed } = credit(of, modelOf(spec), worth);
        expect(shares).toHaveLength(of.touches.length);
        expect(shares.every((share) => share >= 0n)).toBe(true);
        expect(shares.reduce((a, b) => a + b, unattributed)).toBe(worth);
      }),
      { numRuns: 500 },
    );
  });

  it('I2: leaves a journey without touches unattributed, whole', () => {
    fc.assert(
      fc.property(any, amount, (spec, worth) => {
        expect(credit(journeyOf([]), modelOf(spec), worth)).toEqual({ shares: [], unattributed: worth });
      }),
    );
  });

  it('gives one touch everything', () => {
    // after its last milestone a touch earns nothing, which has a test of its own
    const single = journey(1).map((of) => ({
      ...of,
      touches: of.touches.slice(0, 1),
      milestones: { lead: null, opportunity: null },
    }));
    fc.assert(fc.property(single, generous, (of, spec) => expect(shareOf(spec, of, 999n)).toEqual([999n])));
  });

  it('I4: gives the same credit whatever order the touches come in', () => {
    const twoOrders = touches(1).chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(twoOrders, any, amount, ([one, other], spec, worth) => {
        const [a, b] = [one, other].map((all) =>
          journeyOf(all, { milestones: { lead: DAY, opportunity: END } }),
        );
        expect(a?.touches).toEqual(b?.touches);
        expect(a && shareOf(spec, a, worth)).toEqual(b && shareOf(spec, b, worth));
      }),
    );
  });

  it('weighs by the amount and never moves credit between touches', () => {
    fc.assert(
      fc.property(journey(), generous, amount, fc.bigInt({ min: 1n, max: 50n }), (of, spec, worth, times) => {
        const [once, more] = [shareOf(spec, of, worth), shareOf(spec, of, worth * times)];
        for (const [place, share] of more.entries()) {
          const off = share - (once[place] ?? 0n) * times;
          expect(off <= times && off >= -times).toBe(true);
        }
      }),
    );
  });

  it('gives nothing negative to deal out', () => {
    const negative = () => credit(journeyOf([]), modelOf({ name: 'first' }), -1n);
    expect(negative).toThrow(expect.objectContaining({ code: 'negative-amount', field: 'amount' }));
  });
});

describe('weights', () => {
  it('count by proportion alone, on any scale', () => {
    fc.assert(
      fc.property(journey(), ends, pair, fc.integer({ min: 2, max: 1000 }), (of, all, two, scale) => {
        const at = (by: number) => ({
          name: 'position-based',
          parameters: { first: all.first * by, middle: all.middle * by, last: all.last * by, pair: two },
        });
        expect(shareOf(at(scale), of)).toEqual(shareOf(at(1), of));
      }),
    );
  });

  it('of position 0/0/1 are last touch, of 1/0/0 first touch, of 20/20/60 J', () => {
    const position = (first: number, middle: number, last: number, two: string) => ({
      name: 'position-based',
      parameters: { first, middle, last, pair: two },
    });
    fc.assert(
      fc.property(journey(), pair, (of, two) => {
        expect(shareOf(position(0, 0, 1, two), of)).toEqual(shareOf({ name: 'last' }, of));
        expect(shareOf(position(1, 0, 0, two), of)).toEqual(shareOf({ name: 'first' }, of));
        for (const [name, first, last] of [
          ['j-shaped', 20, 60],
          ['inverse-j-shaped', 60, 20],
        ] as const) {
          expect(shareOf(position(first, 20, last, two), of)).toEqual(
            shareOf({ name, parameters: { pair: two } }, of),
          );
        }
      }),
    );
  });

  it('of one place at each end and a rest are position-based', () => {
    const parameters = { start: [40], rest: 20, end: [40] };
    fc.assert(
      fc.property(journey(), (of) => {
        expect(shareOf({ name: 'custom-by-position', parameters }, of)).toEqual(
          shareOf({ name: 'position-based' }, of),
        );
      }),
    );
  });

  it('of the W by stage are W-shaped', () => {
    fc.assert(
      fc.property(journey(), missing, (of, gone) => {
        const stages = { first: '0.3', lead: '0.3', opportunity: '0.3' };
        const custom = { name: 'custom-by-stage', parameters: { stages, middle: '0.1', missing: gone } };
        expect(shareOf(custom, of)).toEqual(shareOf({ name: 'w-shaped', parameters: { missing: gone } }, of));
      }),
    );
  });

  it('by channel, all the same, are linear: per touch, or split per distinct channel', () => {
    const equal = (repeats: string) => ({
      name: 'custom-by-channel',
      parameters: { channels: { email: 3 }, other: 3, repeats },
    });
    fc.assert(
      fc.property(journey(), (of) => {
        expect(shareOf(equal('each'), of)).toEqual(shareOf({ name: 'linear' }, of));
        expect(shareOf(equal('split'), of)).toEqual(shareOf({ name: 'linear-by-channel' }, of));
      }),
    );
  });

  it('by channel and place, the same at every place, are those by channel', () => {
    const channels = { email: 3, event: 0, search: 1 };
    const parameters = { places: { email: [3], event: [0, 0], search: [1, 1] }, other: 2 };
    const placed = { name: 'custom-by-channel-and-place', parameters };
    const plain = { name: 'custom-by-channel', parameters: { channels, other: 2 } };
    fc.assert(fc.property(journey(), (of) => expect(shareOf(placed, of)).toEqual(shareOf(plain, of))));
  });
});

describe('single models', () => {
  it('linear by channel gives every distinct channel the same', () => {
    fc.assert(
      fc.property(journey(), (of) => {
        const weights = modelOf({ name: 'linear-by-channel' }).weights(of);
        const byChannel = Map.groupBy(of.touches.keys(), (place) => of.touches[place]?.channel);
        const sums = [...byChannel.values()].map((all) =>
          all.reduce((sum, place) => sum + (weights[place] ?? 0n), 0n),
        );
        expect(new Set(sums).size).toBe(1);
      }),
    );
  });

  it('last non-direct skips what is excluded, and gives the last touch what is all excluded', () => {
    fc.assert(
      fc.property(journey(), (of) => {
        const none = { name: 'last-non-direct', parameters: { exclude: [] } };
        const all = { name: 'last-non-direct', parameters: { exclude: of.touches.map((it) => it.channel) } };
        const last = shareOf({ name: 'last' }, of);
        expect(shareOf(none, of)).toEqual(last);
        expect(shareOf(all, of)).toEqual(last);
        const place = shareOf({ name: 'last-non-direct' }, of).findIndex((share) => share > 0n);
        const skipped = of.touches.slice(place + 1);
        const nothingElse = of.touches.every((it) => it.channel === 'direct');
        expect(nothingElse || of.touches[place]?.channel !== 'direct').toBe(true);
        expect(skipped.every((it) => it.channel === 'direct')).toBe(true);
      }),
    );
  });

  it('time decay does not depend on when all of it happened, nor on the unit of time', () => {
    const shift = fc.integer({ min: -1000 * DAY, max: 1000 * DAY });
    fc.assert(
      fc.property(journey(), shift, fc.integer({ min: 1, max: 20 }), (of, by, scale) => {
        const decay = (halfLifeDays: number) => ({ name: 'time-decay', parameters: { halfLifeDays } });
        const moved = {
          ...of,
          touches: of.touches.map((it) => ({ ...it, at: it.at + by })),
          closedAt: END + 7,
        };
        const slower = { ...of, touches: of.touches.map((it) => ({ ...it, at: it.at * scale })) };
        expect(shareOf(decay(7), moved)).toEqual(shareOf(decay(7), of));
        expect(shareOf(decay(7 * scale), slower)).toEqual(shareOf(decay(7), of));
      }),
    );
  });

  it('time decay never gives an older touch more, and is linear in the limit', () => {
    const endless = { name: 'time-decay', parameters: { halfLifeDays: '1e15' } };
    fc.assert(
      fc.property(journey(), fc.integer({ min: 1, max: 90 }), (of, halfLifeDays) => {
        const weights = modelOf({ name: 'time-decay', parameters: { halfLifeDays } }).weights(of);
        expect(weights.every((it, place) => place === 0 || it >= (weights[place - 1] ?? 0n))).toBe(true);
        const [late, even] = [shareOf(endless, of), shareOf({ name: 'linear' }, of)];
        expect(late.every((it, place) => [-1n, 0n, 1n].includes(it - (even[place] ?? 0n)))).toBe(true);
      }),
    );
  });
});

function journeyOf(
  all: readonly Touch[],
  deal: Partial<Pick<Journey, 'closedAt' | 'milestones'>> = {},
): Journey {
  const conversion = {
    id: 'deal-1',
    outcome: 'won',
    closedAt: END,
    milestones: OPEN_MILESTONES,
    ...deal,
  } as const;
  const [made] = journeysOf(all, [conversion], { ...WHOLE_JOURNEY, asOf: END });
  if (!made) throw new Error('a conversion has a journey');
  return made.journey;
}
