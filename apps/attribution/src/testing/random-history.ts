import type { JourneyEvent } from '@throughline/contracts';
import fc from 'fast-check';
import { captured, decided, linked, opened, touch, unlinked, withdrawn, won } from './story.ts';

/** Few of each, so that everything meets: days too, so that touches, links and closes fall together. */
const days = [
  '2025-01-01',
  '2026-01-05',
  '2026-01-06',
  '2026-01-10',
  '2026-02-01',
  '2026-02-03',
  '2026-03-01',
];
const day = fc.option(fc.constantFrom(...days), { freq: 8 });
const one = (kind: string, most: number) => fc.integer({ min: 1, max: most }).map((n) => `${kind}${n}`);
const maybe = <T>(it: fc.Arbitrary<T>) => fc.option(it, { freq: 2 });
/** @param times null for each time that it is not */
const seldom = <T>(it: fc.Arbitrary<T>, times = 2) =>
  fc.oneof({ weight: times, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: it });
const visitor = one('v', 3);
const person = one('p', 4);
const account = one('a', 2);
const lead = one('l', 3);
const deal = one('d', 3);

/** Makes an event of a history, once every id is put under the history's own prefix. */
type Make = (own: (id: string) => string, n: number) => JourneyEvent;
const nullable = (own: (id: string) => string, id: string | null) => (id === null ? null : own(id));

const aTouch: fc.Arbitrary<Make> = fc
  .record({
    ...{ at: day, visitor: maybe(visitor), person: seldom(person), account: seldom(account, 3) },
    ...{ lead: seldom(lead), opportunity: seldom(deal, 5) },
    channel: maybe(fc.constantFrom('ads', 'email', 'direct')),
    exposure: fc.boolean(),
  })
  .map(
    (it) => (own, n) =>
      touch(own(`t${n}`), it.at, {
        ...{ visitor: nullable(own, it.visitor), person: nullable(own, it.person) },
        ...{ account: nullable(own, it.account), lead: nullable(own, it.lead) },
        ...{ opportunity: nullable(own, it.opportunity), channel: it.channel },
        kind: it.exposure ? 'exposure' : 'activity',
      }),
  );

/** Of any touch of the history, by its number; sometimes of one that nobody recorded. */
const aWithdrawal: fc.Arbitrary<Make> = fc
  .integer({ min: 0, max: 14 })
  .map((touched) => (own, n) => withdrawn(own(`w${n}`), own(`t${touched}`)));

const anEdge = fc.oneof(
  fc.tuple(fc.constant('visitor-is-person' as const), visitor, person),
  fc.tuple(fc.constant('person-in-account' as const), person, account),
  fc.tuple(fc.constant('same-person' as const), person, person).filter(([, from, to]) => from !== to),
);

const anAssertion: fc.Arbitrary<Make> = fc
  .record({ edge: anEdge, at: day, says: fc.constantFrom('linked', 'linked', 'ended', 'withdrawn') })
  .map(
    ({ edge: [relation, from, to], at, says }) =>
      (own, n) =>
        says === 'linked'
          ? linked(own(`i${n}`), at, relation, own(from), own(to))
          : unlinked(own(`i${n}`), at, { relation, from: own(from), to: own(to) }, says === 'withdrawn'),
  );

const aStep = fc.constantFrom(
  'won',
  'won',
  'lost',
  'reopened',
  'amount-changed',
  'contact-added',
  'contact-removed',
);

/** The stream of a deal: opened, then anything, in any order, as imports tell it. */
const aDeal = fc
  .record({
    ...{ account: maybe(account), leads: fc.uniqueArray(lead, { maxLength: 2 }), at: day },
    steps: fc.array(
      fc.record({ step: aStep, at: day, person, amount: maybe(fc.integer({ min: -1, max: 999 })) }),
      {
        maxLength: 5,
      },
    ),
  })
  .map((it) => (own: (id: string) => string, id: string) => [
    opened(own(id), it.at, nullable(own, it.account), it.leads.map(own)),
    ...it.steps.map(({ step, at, person: who, amount }, index) => {
      const version = index + 2;
      if (step === 'won') return won(own(id), version, at, amount);
      if (step === 'contact-added' || step === 'contact-removed')
        return decided(`opportunity.${step}`, own(id), version, at, {
          person: own(who),
          committeeRole: null,
          by: null,
        });
      const to = amount === null ? null : { amount, currency: 'EUR' };
      const data = step === 'amount-changed' ? { from: null, to, by: null } : { reason: null, by: null };
      return decided(`opportunity.${step}`, own(id), version, at, data);
    }),
  ]);

const aLead = fc
  .record({ at: day, person: maybe(person), account: maybe(account), deal: maybe(deal) })
  .map((it) => (own: (id: string) => string, id: string) => [
    captured(own(id), it.at, nullable(own, it.person), nullable(own, it.account)),
    ...(it.deal === null
      ? []
      : [decided('lead.converted', own(id), 2, it.at, { opportunity: own(it.deal), by: null })]),
  ]);

/** A history under a prefix, in an order in which it can arrive: each stream in its own, everything else anyhow. */
export interface History {
  events(prefix: string): readonly JourneyEvent[];
  /** after which events the reader is given time to conclude, by their place; -1 is the last */
  readonly pauses: readonly number[];
}

export const aHistory: fc.Arbitrary<History> = fc
  .record({
    touches: fc.array(aTouch, { minLength: 4, maxLength: 14 }),
    assertions: fc.array(anAssertion, { maxLength: 10 }),
    withdrawals: fc.array(aWithdrawal, { maxLength: 3 }),
    deals: fc.array(aDeal, { minLength: 1, maxLength: 3 }),
    leads: fc.array(aLead, { maxLength: 3 }),
    order: fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
    pauses: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 2 }),
  })
  .map(({ touches, assertions, withdrawals, deals, leads, order, pauses }) => ({
    // what comes last is concluded from alone: nothing else can make good what it should have led to
    pauses: [...pauses, -3, -2],
    events(prefix) {
      const own = (id: string) => `${prefix}-${id}`;
      const streams: JourneyEvent[][] = [
        ...[...touches, ...assertions, ...withdrawals].map((make, n) => [make(own, n)]),
        ...deals.map((make, n) => make(own, `d${n + 1}`)),
        ...leads.map((make, n) => make(own, `l${n + 1}`)),
      ];
      const draw = order[Symbol.iterator]();
      const arrived: JourneyEvent[] = [];
      for (let left = streams; left.length > 0; left = left.filter((it) => it.length > 0)) {
        const at = Math.floor((draw.next().value ?? 0) * left.length);
        arrived.push(...(left[Math.min(at, left.length - 1)]?.splice(0, 1) ?? []));
      }
      return arrived;
    },
  }));
