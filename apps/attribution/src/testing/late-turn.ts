import type { JourneyEvent } from '@throughline/contracts';
import fc from 'fast-check';
import type { History } from './random-history.ts';
import { captured, decided, linked, opened, touch, unlinked, withdrawn, won } from './story.ts';

type Own = (id: string) => string;
type Make = (own: Own) => JourneyEvent;
interface Turn {
  /** what comes before, in no order of importance */
  readonly before?: readonly Make[];
  readonly last: fc.Arbitrary<Make>;
}

/** On the account of each deal before the earlier win, and after it; the first two name the lead that has no place yet. */
const touches: readonly Make[] = [
  (own) => touch(own('t1'), '2026-01-31', { visitor: own('v1'), lead: own('l1'), channel: 'web' }),
  (own) => touch(own('t2'), '2026-02-10', { lead: own('l1'), channel: 'email' }),
  (own) => touch(own('t3'), '2026-01-31', { account: own('a1'), channel: 'ads' }),
  (own) => touch(own('t4'), '2026-02-10', { person: own('p1'), channel: 'phone' }),
  (own) => touch(own('t5'), '2026-02-05', { person: own('p2'), channel: 'ads' }),
  // where they count they say themselves; whose they are they do not
  (own) => touch(own('t6'), '2026-02-06', { visitor: own('v3'), account: own('a1'), channel: 'web' }),
  (own) => touch(own('t7'), '2026-02-07', { visitor: own('v3'), opportunity: own('d2'), channel: 'web' }),
  (own) => touch(own('t8'), '2026-02-08', { person: own('p4'), account: own('a2'), channel: 'fair' }),
  (own) => touch(own('t9'), '2026-02-09', { lead: own('l1'), opportunity: own('d2'), channel: 'web' }),
];
const anyTouch: fc.Arbitrary<Make> = fc
  .record({
    at: fc.constantFrom('2026-01-05', '2026-01-31', '2026-02-10'),
    ...{ visitor: fc.option(fc.constantFrom('v1', 'v2')), lead: fc.option(fc.constant('l1')) },
    id: fc.uuid(),
  })
  .map(
    ({ at, visitor, lead, id }) =>
      (own) =>
        touch(own(id), at, { visitor: visitor && own(visitor), lead: lead && own(lead), channel: 'fair' }),
  );

/** Two accounts of a person each; a deal won with each, and another that is still open with the first. */
const known: readonly Make[] = [
  (own) => linked(own('i1'), '2026-01-01', 'visitor-is-person', own('v1'), own('p1')),
  (own) => linked(own('i2'), '2026-01-01', 'visitor-is-person', own('v2'), own('p2')),
  (own) => linked(own('i3'), '2026-01-01', 'person-in-account', own('p1'), own('a1')),
  (own) => linked(own('i4'), '2026-01-01', 'person-in-account', own('p2'), own('a2')),
  (own) => opened(own('d1'), '2026-01-02', own('a1')),
  (own) => won(own('d1'), 2, '2026-03-01', 901),
  (own) => opened(own('d2'), '2026-01-02', own('a2')),
  (own) => won(own('d2'), 2, '2026-03-01', 502),
  (own) => opened(own('d3'), '2026-01-02', own('a1')),
];
const captureOfNobody: Make = (own) => captured(own('l1'), '2026-01-03', null, null);
const earlierWin: Make = (own) => won(own('d3'), 2, '2026-02-01', 303);

const aWithdrawalOf = (id: string): Turn => ({
  before: [
    (own) => captured(own('l1'), '2026-01-03', null, null),
    (own) => decided('lead.converted', own('l1'), 2, '2026-01-04', { opportunity: own('d2'), by: null }),
    (own) => linked(own('i5'), '2026-01-02', 'visitor-is-person', own('v4'), own('p1')),
    (own) => touch(own('t10'), '2026-02-04', { visitor: own('v4'), channel: 'web' }),
  ],
  last: fc.constant((own) => withdrawn(own('w1'), own(id))),
});

/**
 * What one event that comes when all else is settled changes of deals that it does not name: each is found by one way
 * only of `find-deals.sql`.
 */
export const turns: Readonly<Record<string, Turn>> = {
  'a lead is captured elsewhere, and takes touches along': {
    last: fc
      .constantFrom(
        ['p2', null] as const,
        [null, 'a2'] as const,
        ['p3', null] as const,
        ['p1', 'a2'] as const,
      )
      .map(
        ([person, account]) =>
          (own) =>
            captured(own('l1'), '2026-01-03', person && own(person), account && own(account)),
      ),
  },
  'a lead is captured, a touch of which names a deal': {
    last: fc.constant((own) => captured(own('l1'), '2026-01-03', own('p3'), null)),
  },
  'a lead becomes a deal, which its touches count for from then on': {
    before: [captureOfNobody],
    last: fc
      .constantFrom('d1', 'd2')
      .map(
        (deal) => (own) =>
          decided('lead.converted', own('l1'), 2, '2026-01-04', { opportunity: own(deal), by: null }),
      ),
  },
  ...Object.fromEntries(
    (
      [
        ['lead', 't2'],
        ['account', 't3'],
        ['person', 't4'],
        ['deal', 't7'],
        ['visitor', 't10'],
      ] as const
    ).map(([by, id]) => [`a touch is withdrawn that counted by its ${by}`, aWithdrawalOf(id)]),
  ),
  'another deal of the account turns out to be won before': { last: fc.constant(earlierWin) },
  'another deal of the account that was won before is not any more': {
    before: [earlierWin],
    last: fc
      .constantFrom('opportunity.reopened' as const, 'opportunity.lost' as const)
      .map((name) => (own) => decided(name, own('d3'), 3, '2026-03-05', { reason: null, by: null })),
  },
  'who a visitor is is learnt': {
    last: fc.constant((own) => linked(own('i5'), '2026-01-02', 'visitor-is-person', own('v3'), own('p3'))),
  },
  'who a visitor is is learnt, whose touches count by a lead': {
    before: [
      (own) => captured(own('l2'), '2026-01-03', null, own('a2')),
      (own) => touch(own('t10'), '2026-02-04', { visitor: own('v4'), lead: own('l2'), channel: 'web' }),
    ],
    last: fc.constant((own) => linked(own('i5'), '2026-01-02', 'visitor-is-person', own('v4'), own('p3'))),
  },
  'somebody turns out to be known by another name': {
    last: fc.constant((own) => linked(own('i5'), '2026-01-02', 'same-person', own('p3'), own('p4'))),
  },
  'who a visitor is turns out to be wrong': {
    last: fc.constant((own) =>
      unlinked(own('i5'), '2026-03-05', {
        ...{ relation: 'visitor-is-person', from: own('v1'), to: own('p1') },
      }),
    ),
  },
  'somebody leaves the account, and was never of it': {
    last: fc.constant((own) =>
      unlinked(own('i5'), '2026-03-05', {
        ...{ relation: 'person-in-account', from: own('p1'), to: own('a1') },
      }),
    ),
  },
  'two persons turn out to be one': {
    before: [(own) => linked(own('i5'), '2026-01-01', 'person-in-account', own('p0'), own('a2'))],
    last: fc.constant((own) => linked(own('i6'), '2026-01-02', 'same-person', own('p0'), own('p1'))),
  },
};

/** A turn with a few touches more, its last event by itself. */
export function historyOf({ before = [], last }: Turn): fc.Arbitrary<History> {
  return fc.tuple(fc.array(anyTouch, { maxLength: 3 }), last).map(([more, end]) => {
    const makes = [...touches, ...more, ...known, ...before, end];
    return { pauses: [-2], events: (prefix) => makes.map((make) => make((id) => `${prefix}-${id}`)) };
  });
}
