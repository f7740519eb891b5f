import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lastReached, type Conversion } from './journey.ts';
import { journeysOf, tailOf, WHOLE_JOURNEY, type JourneyRules } from './journeys-of.ts';
import type { RecordedTouch } from './touch.ts';

const rules = (more: Partial<JourneyRules> = {}): JourneyRules => ({ ...WHOLE_JOURNEY, asOf: 1000, ...more });
const deal = (id: string, closedAt: number | null, outcome: Conversion['outcome'] = 'won'): Conversion => ({
  id,
  outcome,
  closedAt,
  milestones: { lead: null, opportunity: null },
});
const touch = (id: string, at: number | null, channel = 'email'): RecordedTouch => ({ id, at, channel });
/** The touches of each journey, as ids. */
const ids = (touches: readonly RecordedTouch[], deals: readonly Conversion[], more?: Partial<JourneyRules>) =>
  journeysOf(touches, deals, rules(more)).map(({ journey }) => journey.touches.map(({ id }) => id).join(''));

describe('which touches count', () => {
  it('I4: by instant, then by id, whatever order they came in', () => {
    const touches = [touch('c', 5), touch('b', 5), touch('a', 9), touch('d', 1)];
    expect(ids(touches, [deal('1', 9)])).toEqual(['dbca']);
    expect(ids(touches.toReversed(), [deal('1', 9)])).toEqual(['dbca']);
  });

  it('a window includes both its ends, to the millisecond', () => {
    const touches = [touch('a', 99), touch('b', 100), touch('c', 200), touch('d', 201)];
    expect(ids(touches, [deal('1', 200)], { windowMs: 100 })).toEqual(['bc']);
    expect(ids(touches, [deal('1', 200)], { windowMs: 0 })).toEqual(['c']);
    expect(ids(touches, [deal('1', 200)])).toEqual(['abc']);
  });

  it('touches after the close do not; an open deal, and a close without a date, end at the instant asked for', () => {
    const touches = [touch('a', 1), touch('b', 1000), touch('c', 1001)];
    expect(ids(touches, [deal('1', 999)])).toEqual(['a']);
    expect(ids(touches, [deal('1', null, 'open'), deal('2', null)])).toEqual(['ab', 'ab']);
  });

  it('the most recent n are kept', () => {
    const touches = [touch('a', 1), touch('b', 2), touch('c', 3)];
    expect(ids(touches, [deal('1', 3), deal('2', 2)], { mostRecent: 1 })).toEqual(['ac', 'ab']);
  });

  it('A1 what holds a milestone is never cut, and path steps come before the cut', () => {
    const touches = ['fair', 'lead', 'chat', 'demo'].map((id, n) => ({ ...touch(id, n + 1), channel: id }));
    const views = Array.from({ length: 500 }, (_, n) => ({ ...touch(`v${n}`, 10 + n), channel: 'web' }));
    const own = { ...deal('1', 1_000), milestones: { lead: 2, opportunity: 4 } };
    const found = (more: Partial<JourneyRules>) => ids([...touches, ...views], [own], more);
    expect(found({ mostRecent: 2 })).toEqual(['fairleaddemov498v499']);
    const path = [{ step: 'collapse-repeats' } as const];
    expect(found({ mostRecent: 1, path })).toEqual(['fairleaddemov0']);
    expect(found({ mostRecent: null })[0]).toMatch(/^fairleadchatdemov0v1v2.*v499$/);
  });

  it('I6: those that count and those left out, by reason, make up all', () => {
    const some = fc.array(fc.option(fc.integer({ min: 0, max: 40 })), { maxLength: 20 });
    const setting = fc.record({
      windowMs: fc.option(fc.nat({ max: 30 })),
      mostRecent: fc.option(fc.integer({ min: 1, max: 5 })),
      severalConversions: fc.constantFrom('reuse', 'restart'),
      path: fc.constantFrom(
        [],
        [{ step: 'collapse-repeats' } as const],
        [{ step: 'keep-last', touches: 2 } as const],
      ),
    });
    fc.assert(
      fc.property(
        some,
        setting,
        fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 4 }),
        (all, more, closes) => {
          const touches = all.map((at, place) => touch(`t${place}`, at, `c${place % 3}`));
          const deals = closes.map((closedAt, place) => deal(`d${place}`, closedAt));
          for (const { journey, leftOut } of journeysOf(touches, deals, rules(more))) {
            const left = Object.values(leftOut);
            expect(left.every((count) => count >= 0)).toBe(true);
            expect(left.reduce((a, b) => a + b, journey.touches.length)).toBe(touches.length);
          }
        },
      ),
    );
    const [only] = journeysOf([touch('a', null), touch('b', 7)], [deal('1', 5)], rules());
    expect(only?.leftOut).toEqual({ undated: 1, late: 1, early: 0, beyond: 0, folded: 0 });
  });

  it('refuses what cannot be ordered, and rules that keep nothing', () => {
    const of = (touches: readonly RecordedTouch[], more?: Partial<JourneyRules>) => () =>
      ids(touches, [deal('1', 9)], more);
    const refusal = (code: string, field: string) => expect.objectContaining({ code, field });
    expect(of([touch('a', Number.NaN)])).toThrow(refusal('bad-journey', 'at'));
    expect(of([touch('a', 1), touch('a', 2)])).toThrow(refusal('bad-journey', 'id'));
    expect(of([], { windowMs: -1 })).toThrow(refusal('bad-parameter', 'windowMs'));
    expect(of([], { mostRecent: 0 })).toThrow(refusal('bad-parameter', 'mostRecent'));
  });
});

describe('several conversions of one customer', () => {
  const touches = [touch('a', 1), touch('b', 2), touch('c', 3), touch('d', 4)];

  it('share their touches, each up to its own close', () => {
    expect(ids(touches, [deal('2', 3), deal('1', 2)])).toEqual(['abc', 'ab']);
  });

  it('restart where asked: after each won deal, whatever order the deals come in', () => {
    const more = { severalConversions: 'restart' } as const;
    expect(ids(touches, [deal('2', 3), deal('1', 2)], more)).toEqual(['c', 'ab']);
    expect(ids(touches, [deal('1', 2), deal('2', 3)], more)).toEqual(['ab', 'c']);
    expect(ids(touches, [deal('1', 2, 'lost'), deal('2', 3)], more)).toEqual(['ab', 'abc']);
    expect(ids(touches, [deal('1', 2), deal('2', null, 'open')], more)).toEqual(['ab', 'cd']);
  });

  it('won at one instant, see the same touches', () => {
    expect(ids(touches, [deal('1', 2), deal('2', 2)], { severalConversions: 'restart' })).toEqual([
      'ab',
      'ab',
    ]);
  });

  it('leave a tail that no conversion used up', () => {
    const tail = (deals: readonly Conversion[]) => tailOf(touches, deals, 1000).map(({ id }) => id);
    expect(tail([deal('1', 2)])).toEqual(['c', 'd']);
    expect(tail([deal('1', 2, 'lost')])).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('a stage reached several times', () => {
  it('was reached last when it was dated last, at the close or before it', () => {
    expect(lastReached([3, null, 5, 1], 4)).toBe(3);
    expect(lastReached([3, 5, 1], 5)).toBe(5);
    expect(lastReached([3, 5, 1], null)).toBe(5);
  });

  it('I2: was not reached where nobody dated it, or only after the close', () => {
    expect([lastReached([], 9), lastReached([null], 9), lastReached([10], 9)]).toEqual([null, null, null]);
  });
});
