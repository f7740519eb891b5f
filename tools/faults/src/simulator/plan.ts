import fc from 'fast-check';
import { FAULTS, type Fault } from './step.ts';
import type { Turn } from './schedule.ts';

/** A command on a lead. Which of them share an id follows from `again`. */
export interface PlannedCommand {
  readonly lead: number;
  readonly does: 'capture' | 'follow up' | 'append to two' | 'roll back' | 'reemit';
  readonly outcomes: readonly Outcome[];
  /** If-Match */
  readonly expected: number | null;
  /** sent under the id of the command so many before it, with the same payload */
  readonly again: number | null;
}

export const OUTCOMES = ['agreed', 'no answer', 'not now', 'sick', 'poison'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export type PlannedFact =
  | { readonly says: 'touch'; readonly id: number; readonly visitor: number; readonly day: number | null }
  | {
      readonly says: 'withdrawal';
      readonly id: number;
      /** of the touch of this id, which may come later or never */
      readonly touch: number;
      readonly day: number | null;
    }
  | {
      readonly says: 'account';
      readonly id: number;
      readonly account: number;
      readonly day: number;
      readonly size: number;
    }
  | {
      readonly says: 'edge';
      readonly id: number;
      readonly relation: 'visitor-is-person' | 'same-person';
      readonly from: number;
      readonly to: number;
      readonly day: number | null;
      readonly holds: boolean;
    };

export type PlannedWork = 'replay' | 'discard' | 'rebuild' | 'verify' | 'roll back';

/** Everything that a run depends on; plain JSON, so that a failing one can be kept. */
export interface Plan {
  readonly partitions: number;
  /** what each of the services that decide does, in order, so many at once */
  readonly deciders: readonly { readonly atOnce: number; readonly commands: readonly PlannedCommand[] }[];
  /** the requests that the door for facts takes, two at once */
  readonly requests: readonly (readonly PlannedFact[])[];
  readonly relays: readonly { readonly rounds: number; readonly batch: number }[];
  readonly owners: readonly {
    readonly rounds: number;
    readonly batch: number;
    /** its share of the partitions only, as a group deals them; else all, as a zombie believes */
    readonly share: boolean;
  }[];
  readonly operator: readonly PlannedWork[];
  /** whether the tables are built anew and compared at the end; always would take most of the time */
  readonly verified: boolean;
  readonly turns: readonly Turn[];
  readonly faults: readonly Fault[];
}

const few = fc.nat(2);
const aDay = fc.option(fc.integer({ min: 1, max: 9 }), { nil: null });
const often = <T>(usual: T, other: fc.Arbitrary<T>, weight: number) =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

const aCommand: fc.Arbitrary<PlannedCommand> = fc.record({
  lead: few,
  does: fc.oneof(
    { weight: 3, arbitrary: fc.constant('capture' as const) },
    { weight: 6, arbitrary: fc.constant('follow up' as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('append to two' as const, 'roll back' as const, 'reemit' as const),
    },
  ),
  outcomes: fc.uniqueArray(
    fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...OUTCOMES.slice(0, 3)) },
      { weight: 2, arbitrary: fc.constantFrom('sick' as const, 'poison' as const) },
    ),
    { minLength: 1, maxLength: 2 },
  ),
  expected: often<number | null>(null, fc.nat(3), 5),
  again: often<number | null>(null, fc.integer({ min: 1, max: 3 }), 6),
});

/** Ids are few, so that some facts come twice, and some of those say something else. */
const aFact: fc.Arbitrary<PlannedFact> = fc.oneof(
  fc.record({ says: fc.constant('touch' as const), id: fc.nat(6), visitor: often(0, few, 3), day: aDay }),
  fc.record({ says: fc.constant('withdrawal' as const), id: fc.nat(6), touch: fc.nat(8), day: aDay }),
  fc.record({
    says: fc.constant('account' as const),
    id: fc.nat(6),
    account: fc.nat(1),
    day: fc.integer({ min: 1, max: 9 }),
    size: fc.nat(500),
  }),
  fc
    .record({
      says: fc.constant('edge' as const),
      id: fc.nat(30),
      relation: fc.constantFrom('visitor-is-person' as const, 'same-person' as const),
      from: few,
      to: few,
      day: aDay,
      holds: often(true, fc.constant(false), 2),
    })
    .map((edge) =>
      edge.relation === 'same-person' && edge.from === edge.to ? { ...edge, to: (edge.to + 1) % 3 } : edge,
    ),
);

const someTurns = (longest: number) =>
  fc.array(fc.record({ who: fc.nat(11), steps: fc.integer({ min: 1, max: longest }) }), {
    maxLength: 60,
    size: 'max',
  });
const someFaults = fc.array(fc.record({ at: fc.nat(200), what: fc.constantFrom(...FAULTS) }), {
  maxLength: 5,
  size: 'max',
});

/** Histories are small and dense: few leads, few visitors, so that what can meet does. */
const aWholePath: fc.Arbitrary<Plan> = fc.record({
  partitions: often(2, fc.constant(1), 2),
  deciders: fc.array(
    fc.record({
      atOnce: fc.integer({ min: 1, max: 2 }),
      commands: fc.array(aCommand, { minLength: 1, maxLength: 6, size: 'max' }),
    }),
    {
      minLength: 1,
      maxLength: 2,
    },
  ),
  requests: fc.array(fc.array(aFact, { minLength: 1, maxLength: 4 }), { maxLength: 4, size: 'max' }),
  relays: fc.array(
    fc.record({ rounds: fc.integer({ min: 1, max: 5 }), batch: fc.integer({ min: 1, max: 6 }) }),
    {
      minLength: 1,
      maxLength: 2,
    },
  ),
  owners: fc.array(
    fc.record({
      rounds: fc.integer({ min: 2, max: 8 }),
      share: often(true, fc.constant(false), 2),
      batch: fc.integer({ min: 1, max: 6 }),
    }),
    {
      minLength: 1,
      maxLength: 2,
    },
  ),
  operator: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.constantFrom(
          'replay' as const,
          'discard' as const,
          'rebuild' as const,
          'verify' as const,
          'roll back' as const,
        ),
        { minLength: 1, maxLength: 3 },
      ),
    },
  ),
  verified: often(false, fc.constant(true), 3),
  turns: someTurns(12),
  faults: someFaults,
});

/** Two owners derive who one visitor is from edges in two partitions, in steps so short that they meet. */
const aMeeting: fc.Arbitrary<Plan> = fc.record({
  partitions: fc.constant(2),
  deciders: fc.constant([]),
  requests: fc.tuple(
    fc.array(
      fc.record({
        says: fc.constant('edge' as const),
        id: fc.nat(30),
        relation: fc.constant('visitor-is-person' as const),
        from: fc.nat(1),
        to: fc.nat(3),
        day: aDay,
        holds: often(true, fc.constant(false), 4),
      }),
      { minLength: 2, maxLength: 6, size: 'max' },
    ),
  ),
  relays: fc.constant([]),
  owners: fc.constant(Array.from({ length: 2 }, () => ({ rounds: 6, batch: 6, share: true }))),
  operator: fc.constant([]),
  verified: fc.constant(false),
  turns: someTurns(2),
  faults: someFaults,
});

const ONE_RELAY = fc.record({ rounds: fc.constant(4), batch: fc.integer({ min: 1, max: 2 }) });

/**
 * One service appends to two streams, another to many others, and neither waits for the other: the smaller ids may well
 * commit later, while a relay goes through the outbox in small pages.
 */
const aLateCommit: fc.Arbitrary<Plan> = fc.record({
  partitions: fc.constant(1),
  deciders: fc.constant([
    { atOnce: 1, commands: [0, 0, 0, 0, 0, 0].map((lead) => agreed('append to two', lead)) },
    { atOnce: 2, commands: [2, 3, 4, 5, 6, 7, 8, 9].map((lead) => agreed('capture', lead)) },
  ]),
  requests: fc.constant([]),
  relays: fc.tuple(ONE_RELAY),
  owners: fc.constant([]),
  operator: fc.constant([]),
  verified: fc.constant(false),
  turns: someTurns(4),
  faults: someFaults,
});

function agreed(does: PlannedCommand['does'], lead: number): PlannedCommand {
  return { does, lead, outcomes: ['agreed'], expected: null, again: null };
}

export const aPlan = fc.oneof(
  { weight: 5, arbitrary: aWholePath },
  { weight: 1, arbitrary: aMeeting },
  { weight: 1, arbitrary: aLateCommit },
);
