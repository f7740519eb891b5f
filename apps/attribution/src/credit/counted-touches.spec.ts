import { describe, expect, it } from '@jest/globals';
import { ACCOUNT_SCOPES } from '@throughline/attribution';
import fc from 'fast-check';
import { inScope } from '../testing/credit-oracle.ts';
import { countedTouches, type Counting } from './counted-touches.ts';
import { STANDARD_COUNTING } from './deal-paths.ts';
import type { Deal, Moment, PlacedTouch } from './deal.state.ts';

const at = (instant: string): number => Date.parse(instant);
const touch = (id: string, more: Partial<PlacedTouch> = {}): PlacedTouch => ({
  ...{ id, at: at('2026-02-01T00:00:00Z'), channel: 'ads', kind: 'activity', person: null, account: null },
  ...{ lead: null, named: false },
  ...more,
});
const closedOn = (day: string, precision: Moment['precision'] = 'instant'): Moment => ({
  at: day,
  precision,
});
const unknown: Moment = { at: null, precision: 'unknown' };

function deal(more: Partial<Deal> = {}): Deal {
  return {
    ...{ opportunity: 'd', outcome: 'won', account: 'acme', owner: null, amount: 100n, currency: 'EUR' },
    ...{ opened: unknown, closed: closedOn('2026-03-01T00:00:00.000Z'), lead: unknown, leads: ['lead-1'] },
    ...{
      accounts: ['acme'],
      contacts: ['ann', 'bob'],
      leadPersons: ['lea', 'leo'],
      captures: [],
      reopened: [],
      wonBefore: [],
      touches: [],
    },
    ...more,
  };
}

/** Ids of what counts, in order. */
const counts = (of: Deal, counting: Partial<Counting> = {}): string[] =>
  countedTouches(of, { ...STANDARD_COUNTING, ...counting }).journey.touches.map(({ id }) => id);

describe('which touches count', () => {
  it('those of whom the definition says, by the rule of the library', () => {
    const touches = [touch('a-bob', { person: 'bob' }), touch('b-account', { account: 'acme' })];
    const of = (scope: Counting['scope'], more: Partial<Deal> = {}) =>
      counts(deal({ touches, ...more }), { scope });
    expect(of('account')).toEqual(['a-bob', 'b-account']);
    expect(of('contact-roles')).toEqual(['a-bob']);
    expect(of('primary-contact')).toEqual([]);
    expect(of('primary-contact', { contacts: ['bob', 'ann'] })).toEqual(['a-bob']);
  });

  it('of whom the definition says, over any deal as the oracle has it', () => {
    const one = (...ids: string[]) => fc.option(fc.constantFrom(...ids), { freq: 2 });
    const some = (...ids: string[]) => fc.uniqueArray(fc.constantFrom(...ids));
    const deals = fc.record({
      ...{ accounts: some('a1', 'a2'), contacts: some('p1', 'p2', 'p3'), leads: some('l1', 'l2') },
      leadPersons: some('p2', 'p3', 'p4'),
      whose: fc.array(
        fc.record({
          ...{ person: one('p1', 'p2', 'p3', 'p4', 'p5'), account: one('a1', 'a2', 'a3') },
          ...{ lead: one('l1', 'l2', 'l3'), named: fc.boolean() },
        }),
      ),
    });
    fc.assert(
      fc.property(deals, fc.constantFrom(...ACCOUNT_SCOPES), ({ whose, ...people }, scope) => {
        const of = deal({ ...people, touches: whose.map((it, n) => touch(`t${n}`, it)) });
        expect(counts(of, { scope }).sort()).toEqual(
          inScope(of, { scope })
            .touches.map(({ id }) => id)
            .sort(),
        );
      }),
    );
  });

  it('exposures only where the definition says so', () => {
    const shown = [touch('a', { account: 'acme' }), touch('b', { account: 'acme', kind: 'exposure' })];
    expect(counts(deal({ touches: shown }))).toEqual(['a']);
    expect(counts(deal({ touches: shown }), { exposures: true })).toEqual(['a', 'b']);
    const { leftOut } = countedTouches(deal({ touches: shown }), STANDARD_COUNTING);
    expect(leftOut.exposures).toBe(1);
  });
});

describe('until when, and since when, touches count', () => {
  const on = (...instants: string[]) =>
    instants.map((instant) => touch(instant, { account: 'acme', at: at(instant) }));

  it('a window of whole days, both ends included', () => {
    const touches = on(
      '2026-02-18T23:59:59.999Z',
      '2026-02-19T00:00:00.000Z',
      '2026-03-01T00:00:00.000Z',
      '2026-03-01T00:00:00.001Z',
    );
    expect(counts(deal({ touches }), { windowDays: 10 })).toEqual([
      '2026-02-19T00:00:00.000Z',
      '2026-03-01T00:00:00.000Z',
    ]);
  });

  it('a close known to the day or month is at its end, in UTC', () => {
    const touches = on(
      '2024-02-01T12:00:00.000Z',
      '2024-02-10T00:00:00.000Z',
      '2024-02-10T23:59:59.999Z',
      '2024-02-11T00:00:00.000Z',
      '2024-02-29T23:59:59.999Z',
      '2024-03-01T00:00:00.000Z',
    );
    const until = (closed: Moment) => counts(deal({ touches, closed })).length;
    expect(until(closedOn('2024-02-10T00:00:00.000Z'))).toBe(2);
    expect(until(closedOn('2024-02-10T00:00:00.000Z', 'day'))).toBe(3);
    expect(until(closedOn('2024-02-01T00:00:00.000Z', 'month'))).toBe(5);
    expect(until(unknown)).toBe(6);
  });

  it('milestones are at the end of their day or month too', () => {
    const lead = closedOn('2026-01-10T00:00:00.000Z', 'day');
    const opened = closedOn('2026-01-01T00:00:00.000Z', 'month');
    expect(countedTouches(deal({ lead, opened }), STANDARD_COUNTING).journey.milestones).toEqual({
      lead: at('2026-01-10T23:59:59.999Z'),
      opportunity: at('2026-01-31T23:59:59.999Z'),
    });
  });

  it('milestones are the first, or where a definition says so the last at the close or before it', () => {
    const [january, february] = [closedOn('2026-01-10T00:00:00.000Z'), closedOn('2026-02-10', 'day')];
    const after = closedOn('2026-03-01T00:00:00.001Z');
    const of = deal({
      ...{ lead: january, captures: [january, after, february, unknown] },
      ...{ opened: january, reopened: [february, after] },
    });
    const milestones = (more: Partial<Counting>) =>
      countedTouches(of, { ...STANDARD_COUNTING, ...more }).journey.milestones;
    const [first, last] = [at('2026-01-10'), at('2026-02-10T23:59:59.999Z')];
    expect(milestones({})).toEqual({ lead: first, opportunity: first });
    expect(milestones({ milestones: 'first' })).toEqual({ lead: first, opportunity: first });
    expect(milestones({ milestones: 'last' })).toEqual({ lead: last, opportunity: last });
  });

  it('the most recent n; undated ones never', () => {
    const touches = [
      ...on('2026-01-01', '2026-01-02', '2026-01-03'),
      touch('?', { account: 'acme', at: null }),
    ];
    const { journey, leftOut } = countedTouches(deal({ touches }), { ...STANDARD_COUNTING, mostRecent: 1 });
    expect(journey.touches.map(({ id }) => id)).toEqual(['2026-01-01', '2026-01-03']);
    expect(leftOut).toMatchObject({ beyond: 1, undated: 1 });
  });
});

describe('deals of the account that were won', () => {
  const won = (opportunity: string, closed: Moment) => ({ opportunity, ...closed });
  const touches = ['2026-01-15', '2026-02-01', '2026-02-10', '2026-02-20'].map((day) =>
    touch(day, { account: 'acme', at: at(day) }),
  );
  const wonBefore = [
    won('first', closedOn('2026-01-20T00:00:00.000Z')),
    won('last', closedOn('2026-02-10T00:00:00.000Z', 'day')),
    won('same-instant', closedOn('2026-03-01T00:00:00.000Z')),
    won('later', closedOn('2026-04-01T00:00:00.000Z')),
    won('undated', unknown),
  ];
  const restart = { severalConversions: 'restart' } as const;

  it('use touches up under `restart`, the last before the close up to the end of its day', () => {
    expect(counts(deal({ touches, wonBefore }), restart)).toEqual(['2026-02-20']);
    expect(counts(deal({ touches, wonBefore }))).toHaveLength(4);
    expect(counts(deal({ touches, wonBefore: wonBefore.slice(2) }), restart)).toHaveLength(4);
    expect(counts(deal({ touches, wonBefore, closed: unknown }), restart)).toEqual([]);
  });

  it('cost no journey each: the touches are looked at once, however many deals there are', () => {
    let looks = 0;
    const watched = touches.map((it) =>
      Object.defineProperty({ ...it }, 'at', { enumerable: true, get: () => ((looks += 1), it.at) }),
    );
    const looksWith = (deals: number) => {
      looks = 0;
      const siblings = Array.from({ length: deals }, (_, n) =>
        won(`w${n}`, closedOn(new Date(at('2026-02-01') - n).toISOString())),
      );
      const of = deal({ touches: watched, wonBefore: siblings });
      for (const counting of [STANDARD_COUNTING, { ...STANDARD_COUNTING, ...restart }])
        countedTouches(of, counting);
      return looks;
    };
    expect(looksWith(50)).toBe(looksWith(1));
  });

  it('nor do models that count alike: they share what was counted', () => {
    const of = deal({ touches });
    const alike = countedTouches(of, { ...STANDARD_COUNTING });
    expect(countedTouches(of, { ...STANDARD_COUNTING })).toBe(alike);
    expect(countedTouches(of, { ...STANDARD_COUNTING, mostRecent: 1 })).not.toBe(alike);
    expect(countedTouches(deal({ touches }), STANDARD_COUNTING)).not.toBe(alike);
  });
});
