import { describe, expect, it } from '@jest/globals';
import { formatDecimal, parseDecimal } from '@throughline/attribution';
import { creditSnapshotTaken, toRecord, fromRecord, sampleEvent } from '@throughline/contracts';
import fc from 'fast-check';
import { creditOf } from '../credit/credit.decider.ts';
import type { Deal, PlacedTouch } from '../credit/deal.state.ts';
import { byDeal } from './by-deal.ts';
import { snapshotOf, type DealPath, type Snapshot } from './snapshot-of.ts';
import type { SnapshotRule } from './snapshot-rule.ts';

const CHANNELS = ['ads', 'email', 'event', null, 'search'] as const;
const RULES: readonly SnapshotRule[] = [
  { rule: 'markov', order: 1, lost: 'with' },
  { rule: 'shapley' },
  { rule: 'shapley-ordered' },
  { rule: 'shapley-general', game: 'rate', permutations: 50, seed: 1 },
  { rule: 'shapley-general', game: 'conversions', permutations: 50, seed: 1 },
];
const deal = fc.record({
  outcome: fc.constantFrom('won', 'won', 'lost', 'open'),
  amount: fc.option(fc.integer({ min: -1, max: 10 ** 9 }).map(String), { freq: 5 }),
  currency: fc.constantFrom('EUR', 'EUR', 'USD'),
  channels: fc.array(fc.constantFrom(...CHANNELS), { maxLength: 8 }),
});
const deals = fc.array(deal, { minLength: 1, maxLength: 15 });
const taken = (rule: SnapshotRule, of: readonly DealPath[]): Snapshot => ({
  ...{ model: rule.rule, number: 1, asOf: '2026-03-01T00:00:00.000Z' },
  ...snapshotOf(of, rule, 'EUR'),
});

/** A won deal with these channels on its path, a day apart. */
function won(channels: DealPath['channels'], amount: string | null): Deal {
  const at = { at: '2026-02-01T00:00:00.000Z', precision: 'instant' as const };
  const touches = channels.map((channel, n): PlacedTouch => ({
    kind: 'activity',
    ...{ id: `touch-${n}`, at: Date.UTC(2025, 10, n + 1), channel: channel ?? '(unknown)' },
    ...{ person: null, account: 'a', lead: null, named: true },
  }));
  return {
    outcome: 'won',
    ...{ opportunity: 'deal', account: 'a', owner: null, currency: 'EUR', touches },
    ...{ amount: amount === null ? null : BigInt(amount), opened: at, closed: at, lead: at },
    ...{
      leads: [],
      accounts: ['a'],
      contacts: [],
      leadPersons: [],
      captures: [],
      reopened: [],
      wonBefore: [],
    },
  };
}

const units = (text: string) =>
  (text.startsWith('-') ? -1n : 1n) * (parseDecimal(text.replace('-', '')) ?? 0n);

describe('a snapshot under any rule', () => {
  it.each(RULES)('I8: channels and what is unattributed sum to the totals: %j', (rule) => {
    fc.assert(
      fc.property(deals, (of) => {
        const { weights, unattributed, totals } = taken(rule, of);
        const all = [...weights, unattributed];
        expect(formatDecimal(all.reduce((so, it) => so + units(it.conversions), 0n))).toBe(
          totals.conversions,
        );
        expect(all.reduce((so, it) => so + it.value, 0)).toBe(totals.value);
        for (const { places, ...channel } of weights) {
          if (places === undefined) continue;
          const sum = places.reduce((so, it) => so + units(it.conversions), 0n);
          expect(formatDecimal(sum)).toBe(channel.conversions);
          expect(places.reduce((so, it) => so + it.value, 0)).toBe(channel.value);
        }
      }),
    );
  });

  it.each(RULES)('I8: deals credited under it sum to their amount: %j', (rule) => {
    fc.assert(
      fc.property(deals, (of) => {
        const definition = byDeal(taken(rule, of));
        for (const { channels, amount } of of) {
          const { shares, unattributed } = creditOf(won(channels, amount), definition);
          const credited = shares.reduce((so, it) => so + (it.amount ?? 0), unattributed.amount ?? 0);
          expect(credited).toBe(Number(amount ?? 0));
          expect(shares.reduce((so, it) => so + it.weight, unattributed.weight)).toBe(1_000_000);
        }
      }),
    );
  });

  it('is the same whatever order the deals are in', () => {
    fc.assert(
      fc.property(deals, fc.constantFrom(...RULES.slice(1)), (of, rule) =>
        expect(taken(rule, of.toReversed())).toEqual(taken(rule, of)),
      ),
    );
  });
});

describe('ordered Shapley by deal', () => {
  const path = (...channels: string[]): DealPath => ({
    ...{ amount: '100', currency: 'EUR', channels },
    outcome: 'won',
  });
  const sharesOf = (of: readonly DealPath[], channels: readonly string[], amount: string) =>
    creditOf(won(channels, amount), byDeal(taken({ rule: 'shapley-ordered' }, of))).shares.map(
      (share) => share.amount,
    );

  it('gives each touch the weight of its channel at its place', () => {
    const of = [path('ads', 'email'), path('ads'), path('email', 'ads', 'email', 'ads')];
    // ads 1/2 + 1 at place 1, 1/4 at 2 and 4; email 1/4 at 1, 1/2 at 2, 1/4 at 3
    expect(sharesOf(of, ['ads', 'email'], '200')).toEqual([150, 50]);
    expect(sharesOf(of, ['email', 'ads', 'email', 'ads'], '100')).toEqual([25, 25, 25, 25]);
    expect(sharesOf(of, ['ads', 'ads'], '700')).toEqual([600, 100]);
  });

  it('gives nothing at a place where the channel was never seen, and tells later places together', () => {
    const of = [path('ads', 'email')];
    expect(sharesOf(of, ['email', 'ads'], '100')).toEqual([]);
    const long = [path(...Array.from({ length: 60 }, () => 'ads'))];
    const { weights, parameters } = taken({ rule: 'shapley-ordered' }, long);
    expect(parameters).toEqual({ places: '50' });
    expect(weights[0]?.places).toHaveLength(50);
    expect(weights[0]?.places?.at(-1)).toMatchObject({ place: 50, conversions: '0.183333333326' });
    expect(
      sharesOf(
        long,
        Array.from({ length: 70 }, () => 'ads'),
        '7000',
      ),
    ).toHaveLength(70);
  });
});

describe('general Shapley by deal', () => {
  const lost = Array.from({ length: 9 }, (): DealPath => ({
    outcome: 'lost',
    ...{ amount: null, currency: null, channels: ['ads', 'email'] },
  }));
  const mixed = taken({ rule: 'shapley-general', game: 'rate', permutations: 50, seed: 1 }, [
    { outcome: 'won', amount: '100', currency: 'EUR', channels: ['ads'] },
    ...lost,
  ]);

  it('gives nothing of a deal to what goes with losses, though its credit by channel is negative', () => {
    expect(mixed.weights).toEqual([
      { channel: 'ads', weight: '0.55', conversions: '5.5', value: 550 },
      { channel: 'email', weight: '-0.45', conversions: '-4.5', value: -450 },
    ]);
    const both = creditOf(won(['email', 'ads'], '100'), byDeal(mixed));
    expect(both.shares.map(({ touch, amount }) => [touch, amount])).toEqual([['touch-1', 100]]);
    const { shares, unattributed } = creditOf(won(['email'], '100'), byDeal(mixed));
    expect(shares).toEqual([]);
    expect(unattributed).toMatchObject({ amount: 100, reason: 'no-touch-of-the-rule' });
  });
});

describe('general Shapley beyond 20 channels', () => {
  const wide = Array.from({ length: 24 }, (_, at): DealPath => ({
    outcome: at % 3 === 0 ? 'lost' : 'won',
    ...{ amount: '1000', currency: 'EUR' },
    channels: [`c${at}`, `c${(at * 7) % 24}`, 'c0'],
  }));
  const rule = { rule: 'shapley-general', game: 'rate', permutations: 200, seed: 9 } as const;

  it('says how it was sampled, and the standard error of every figure', () => {
    const { parameters, weights } = taken(rule, wide);
    expect(parameters).toEqual({ game: 'rate', method: 'sampled', permutations: '200', seed: '9' });
    expect(weights).toHaveLength(24);
    for (const { standardError } of weights)
      expect(standardError).toEqual({
        ...{
          weight: expect.stringMatching(/^0/),
          conversions: expect.any(String),
          value: expect.any(String),
        },
      });
    expect(weights.some(({ standardError }) => Number(standardError?.conversions) > 0)).toBe(true);
    expect(taken(rule, wide)).toEqual(taken(rule, wide));
    expect(taken({ ...rule, seed: 10 }, wide).weights).not.toEqual(weights);
  });

  it('of conversions, where the truth is known, is within five of the errors that it states', () => {
    const sampled = taken({ ...rule, game: 'conversions', permutations: 2_000 }, wide).weights;
    for (const [at, { conversions, value }] of taken({ rule: 'shapley' }, wide).weights.entries()) {
      const { standardError, ...said } = sampled[at] ?? { conversions: '', value: 0 };
      const off = Math.abs(Number(said.conversions) - Number(conversions));
      expect(off).toBeLessThanOrEqual(5 * Number(standardError?.conversions) + 1e-9);
      expect(Math.abs(said.value - value)).toBeLessThanOrEqual(5 * Number(standardError?.value) + 1);
    }
  });
});

describe('the event of a snapshot', () => {
  it.each(RULES)('holds all of it, on the log and back: %j', (rule) => {
    const wide = Array.from({ length: 22 }, (_, at): DealPath => ({
      outcome: 'won',
      ...{ amount: '100', currency: 'EUR', channels: [`c${at}`, 'c1'] },
    }));
    const data = { ...taken(rule, wide), model: 'some-model' };
    const event = sampleEvent('credit.snapshot-taken', { data });
    expect(fromRecord(toRecord(event)).data).toEqual(data);
  });

  it('fits a record of the log, however many channels and places there are', () => {
    const long = Array.from({ length: 400 }, (_, deal): DealPath => ({
      outcome: 'won',
      ...{ amount: '123456789', currency: 'EUR' },
      channels: Array.from({ length: 60 }, (__, at) => `a channel with a name ${(deal + at) % 400}`),
    }));
    const data = { ...taken({ rule: 'shapley-ordered' }, long), model: 'shapley-ordered' };
    expect(data.parameters).toEqual({ places: '25' });
    expect(data.weights.flatMap(({ places }) => places)).toHaveLength(10_000);
    const event = sampleEvent('credit.snapshot-taken', { data });
    expect(fromRecord(toRecord(event)).data).toEqual(data);
  });

  it('as it was before places and errors were told is read as it was', () => {
    const kept = {
      ...{ model: 'markov-1', number: 1, rule: 'markov', parameters: { order: '1', lost: 'with' } },
      ...{ asOf: '2026-07-01T00:00:00.000Z', currency: 'EUR' },
      journeys: { won: 1, lost: 2, open: 4, withoutAmount: 0, otherCurrency: 0 },
      weights: [{ channel: 'email', weight: '1', conversions: '1', value: 505_400 }],
      unattributed: { conversions: '0', value: 0 },
      totals: { conversions: '1', value: 505_400 },
      inputDigest: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    };
    expect(creditSnapshotTaken.schema.parse(kept)).toEqual(kept);
  });
});
