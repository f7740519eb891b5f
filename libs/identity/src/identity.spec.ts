import { describe, expect, it } from '@jest/globals';
import { sampleEvent, type Relation } from '@throughline/contracts';
import fc from 'fast-check';
import {
  assertionOf,
  byEdge,
  canonicalPersons,
  holds,
  isMemberAt,
  memberships,
  personAt,
  standing,
  visitorIntervals,
  type Assertion,
} from './index.ts';

const DAYS = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'].map((day) => `${day}T00:00:00.000Z`);
let count = 0;

function said(
  relation: Relation,
  from: string,
  to: string,
  says: Assertion['says'],
  at: string | null,
): Assertion {
  count += 1;
  return {
    relation,
    from,
    to,
    says,
    occurredAt: at,
    eventId: `event-${count}`,
    payloadHash: `hash-${count}`,
  };
}
const linked = (person: string, at: string | null) => said('visitor-is-person', 'v', person, 'linked', at);

/** What a whole set of assertions comes to. */
function derive(assertions: readonly Assertion[]) {
  const of = (...relations: Relation[]) => assertions.filter((it) => relations.includes(it.relation));
  const same = byEdge(of('same-person')).filter(holds);
  return {
    visitors: [...Map.groupBy(of('visitor-is-person'), ({ from }) => from)]
      .map(([visitor, those]) => [visitor, visitorIntervals(those)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    persons: canonicalPersons(same.map(([edge]) => [edge?.from ?? '', edge?.to ?? ''] as const)),
    memberships: byEdge(of('person-in-account', 'account-in-parent')).map(memberships),
  };
}

const anAssertion = fc
  .record({
    relation: fc.constantFrom<Relation>(
      'visitor-is-person',
      'same-person',
      'person-in-account',
      'account-in-parent',
    ),
    ends: fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })),
    says: fc.constantFrom<Assertion['says']>('linked', 'linked', 'ended', 'withdrawn'),
    at: fc.constantFrom(...DAYS, null),
    eventId: fc.uuid(),
  })
  .map(({ relation, ends, says, at, eventId }): Assertion => {
    const [a, b] = relation === 'same-person' ? [...ends].sort() : ends;
    return { relation, from: `a${a}`, to: `b${b}`, says, occurredAt: at, eventId, payloadHash: eventId };
  });

describe('identity', () => {
  it('I4: any order and any repeats of the same assertions give the same result', () => {
    const shuffledTwice = fc
      .array(anAssertion, { maxLength: 14 })
      .chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
      );
    fc.assert(fc.property(shuffledTwice, ([all, shuffled]) => expect(derive(shuffled)).toEqual(derive(all))));
  });

  it('I4: withdrawing an edge restores what there was without it, whatever came between', () => {
    const history = fc.array(anAssertion, { maxLength: 10 });
    fc.assert(
      fc.property(history, anAssertion, fc.uuid(), (others, edge, eventId) => {
        const isEdge = (it: Assertion) =>
          it.relation === edge.relation && it.from === edge.from && it.to === edge.to;
        const without = others.filter((it) => !isEdge(it));
        const link: Assertion = { ...edge, says: 'linked', occurredAt: DAYS[1] ?? null };
        const withdrawn: Assertion = {
          ...link,
          says: 'withdrawn',
          occurredAt: '2026-02-01T00:00:00.000Z',
          eventId,
        };
        const after = derive([...without, link, withdrawn]);
        const before = derive(without);
        expect(after.persons).toEqual(before.persons);
        expect(after.visitors.filter(([, it]) => it.length > 0)).toEqual(
          before.visitors.filter(([, it]) => it.length > 0),
        );
        expect(after.memberships.filter((it) => it.length > 0)).toEqual(
          before.memberships.filter((it) => it.length > 0),
        );
      }),
    );
  });

  it('gives a touch to the latest link at or before it, else to the earliest: a shared device merges nobody', () => {
    const intervals = visitorIntervals([linked('ada', DAYS[1] ?? null), linked('bob', DAYS[2] ?? null)]);
    expect([DAYS[0], DAYS[1], DAYS[2], DAYS[3], null].map((at) => personAt(intervals, at ?? null))).toEqual([
      'ada',
      'ada',
      'bob',
      'bob',
      'bob',
    ]);
  });

  it('tells a device apart that goes back and forth', () => {
    const links = [
      linked('ada', DAYS[0] ?? null),
      linked('bob', DAYS[1] ?? null),
      linked('ada', DAYS[2] ?? null),
    ];
    expect(DAYS.map((at) => personAt(visitorIntervals(links), at))).toEqual(['ada', 'bob', 'ada', 'ada']);
  });

  it('keeps an undated link behind every date, but gives it all touches when it is alone', () => {
    const undated = linked('zoe', null);
    const both = visitorIntervals([undated, linked('ada', DAYS[1] ?? null)]);
    expect([personAt(both, DAYS[3] ?? null), personAt(both, null)]).toEqual(['ada', 'zoe']);
    expect(personAt(visitorIntervals([undated]), DAYS[0] ?? null)).toBe('zoe');
  });

  it('leaves nobody after the only link had ended', () => {
    const ended = said('visitor-is-person', 'v', 'ada', 'ended', DAYS[2] ?? null);
    const intervals = visitorIntervals([ended, linked('ada', DAYS[1] ?? null)]);
    expect(DAYS.map((at) => personAt(intervals, at))).toEqual(['ada', 'ada', null, null]);
  });

  it('names a component by its smallest id, along chains of any order', () => {
    const persons = canonicalPersons([
      ['d', 'e'],
      ['b', 'd'],
      ['x', 'y'],
      ['a', 'e'],
    ]);
    expect(Object.fromEntries(persons)).toEqual({ a: 'a', b: 'a', d: 'a', e: 'a', x: 'x', y: 'x' });
  });

  it('dates membership from inclusive to exclusive, and keeps a return apart', () => {
    const at = (says: Assertion['says'], day: number) =>
      said('person-in-account', 'p', 'acme', says, DAYS[day] ?? null);
    const intervals = memberships([at('linked', 3), at('ended', 1), at('linked', 0)]);
    expect(intervals).toEqual([
      { since: DAYS[0], until: DAYS[1], ended: true },
      { since: DAYS[3], until: null, ended: false },
    ]);
    expect(DAYS.map((day) => isMemberAt(intervals, day))).toEqual([true, false, false, true]);
  });

  it('holds an undated membership from the beginning, to its end where one is dated', () => {
    const undated = said('person-in-account', 'p', 'acme', 'linked', null);
    expect(memberships([undated])).toEqual([{ since: null, until: null, ended: false }]);
    const ended = said('person-in-account', 'p', 'acme', 'ended', DAYS[1] ?? null);
    expect(memberships([undated, ended])).toEqual([{ since: null, until: DAYS[1], ended: true }]);
  });

  it('counts nothing that ranks before a withdrawal, and all that is said after it', () => {
    const at = (says: Assertion['says'], day: number) =>
      said('same-person', 'a', 'b', says, DAYS[day] ?? null);
    expect(standing([at('linked', 2), at('withdrawn', 1), at('linked', 0)])).toHaveLength(1);
    expect(holds([at('linked', 2), at('withdrawn', 1)])).toBe(true);
    expect(holds([at('linked', 0), at('withdrawn', 1)])).toBe(false);
  });

  it('lets a withdrawal win over what is undated, since nobody can say which came later', () => {
    const undated = linked('ada', null);
    const withdrawn = said('visitor-is-person', 'v', 'ada', 'withdrawn', DAYS[1] ?? null);
    expect(visitorIntervals([undated, withdrawn])).toEqual([]);
    expect(visitorIntervals([linked('ada', DAYS[2] ?? null), { ...withdrawn, occurredAt: null }])).toEqual(
      [],
    );
    const ended = { ...withdrawn, says: 'ended' as const };
    expect(visitorIntervals([undated, ended])).toEqual([{ since: null, until: DAYS[1], person: 'ada' }]);
    expect(holds([undated, ended])).toBe(false);
  });

  it('reads what events say: an unlink withdraws links of visitors and ends memberships, unless it says otherwise', () => {
    const unlinked = (relation: Relation, from: string, to: string, withdrawn: boolean) =>
      assertionOf(sampleEvent('identity.unlinked', { data: { relation, from, to, withdrawn } }))?.says;
    expect(unlinked('visitor-is-person', 'v', 'p', true)).toBe('withdrawn');
    expect(unlinked('person-in-account', 'p', 'acme', false)).toBe('ended');
    const same = assertionOf(
      sampleEvent('identity.linked', { data: { relation: 'same-person', from: 'z', to: 'a' } }),
    );
    expect([same?.from, same?.to, same?.says]).toEqual(['a', 'z', 'linked']);
    expect(assertionOf(sampleEvent('touch.recorded'))).toBeNull();
  });
});
