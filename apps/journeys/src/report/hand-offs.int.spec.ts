import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventData } from '@throughline/contracts';
import { type RunningJourneys, runningJourneys } from '../testing/running-journeys.ts';
import { decision } from '../testing/story.ts';

const due = { answerDue: '2026-01-02T00:00:00.000Z', firstTouchDue: '2026-01-03T00:00:00.000Z' };
const clockless = { answerDue: null, firstTouchDue: null, clock: false };

function offer(lead: string, version: number, more: Partial<EventData<'lead.offered'>> = {}) {
  return decision('lead.offered', lead, version, '2026-01-01', {
    handOff: `${lead}-${version}`,
    ...due,
    ...more,
  });
}

const captured = (lead: string) => decision('lead.captured', lead, 1, '2026-01-01', {});

describe('hand-offs (practices 14 and 45)', () => {
  let journeys: RunningJourneys;
  beforeAll(async () => {
    journeys = await runningJourneys('handoffs');
    await journeys.send(
      ...[captured('in-time'), offer('in-time', 2)],
      decision('lead.followed-up', 'in-time', 3, '2026-01-02', {}),
      decision('lead.accepted', 'in-time', 4, '2026-01-03', { handOff: 'in-time-2' }),
      ...[captured('late'), offer('late', 2)],
      decision('lead.accepted', 'late', 3, '2026-01-01', { handOff: null }),
      decision('lead.followed-up', 'late', 4, '2026-01-09', {}),
      ...[captured('refused'), offer('refused', 2)],
      decision('lead.rejected', 'refused', 3, '2026-01-02', { handOff: 'refused-2', reason: 'no budget' }),
      offer('refused', 4),
      decision('lead.offer-expired', 'refused', 5, '2026-01-05', { handOff: 'refused-4' }),
      ...[captured('waiting'), offer('waiting', 2)],
      decision('lead.rejected', 'waiting', 3, '2026-01-01', { handOff: null, reason: 'no budget' }),
      offer('waiting', 4),
      ...[captured('inferred'), offer('inferred', 2, clockless)],
    );
  });
  afterAll(() => journeys.stop());

  it('offered = accepted + rejected + expired + open, and every one is touched, answered, ignored or not yet due', async () => {
    const at = async (instant: string) =>
      (await journeys.get(`/v1/reports/hand-offs?at=${instant}`))['total'];
    const answers = { offered: 7, accepted: 2, rejected: 2, expired: 1, open: 2 };
    const touched = { touchedInTime: 1, touchedLate: 1, touchedUndated: 0, answeredUntouched: 2 };
    expect(await at('2026-01-02T12:00:00Z')).toMatchObject({
      ...answers,
      ...touched,
      ignored: 1,
      notYetDue: 2,
    });
    expect(await at('2026-02-01')).toMatchObject({ ...answers, ...touched, ignored: 2, notYetDue: 1 });
    expect(await at('2026-02-01')).toMatchObject({ daysToAnswer: { n: 5, min: 0, median: 1, max: 4 } });
  });

  it('gives the answers and reasons as dimensions, null while open', async () => {
    const { items } = await journeys.get('/v1/reports/hand-offs?group=answer,reason');
    expect(items.map(({ key, offered }) => [key, offered])).toEqual([
      [{ answer: 'accepted', reason: null }, 2],
      [{ answer: 'expired', reason: null }, 1],
      [{ answer: 'rejected', reason: 'no budget' }, 2],
      [{ answer: null, reason: null }, 2],
    ]);
  });

  it('keeps current and furthest stage apart', async () => {
    const { items } = await journeys.get('/v1/reports/funnel?group=stage,furthest-stage');
    expect(items.map(({ key }) => Object.values(key as object))).toEqual([
      ['accepted', 'accepted'],
      ['captured', 'offered'],
      ['offered', 'offered'],
      ['working', 'working'],
    ]);
  });
});
