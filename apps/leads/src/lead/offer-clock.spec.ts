import { describe, expect, it } from '@jest/globals';
import { leadCommands } from './lead.commands.ts';
import { type CommandTime, startClock } from './offer-clock.ts';

const offer = leadCommands.OfferLead.parse({ handOff: 'h-1', to: 'sales-1' });
const noon: CommandTime = { occurredAt: '2026-03-02T12:00:00.000Z', precision: 'instant', inferred: [] };

describe('the clock of an offer (I9: a due date names its rule)', () => {
  it('runs 24 hours to the answer and 48 to the first touch, from the time of the offer', () => {
    expect(startClock(offer, noon)).toEqual({
      ...offer,
      answerDue: '2026-03-03T12:00:00.000Z',
      firstTouchDue: '2026-03-04T12:00:00.000Z',
      ruleVersion: { id: 'default', version: 1 },
    });
  });

  it('is the sender’s own where the sender gives due dates', () => {
    const own = leadCommands.OfferLead.parse({
      handOff: 'h-1',
      answerDue: '2026-03-02T14:00:00+01:00',
      ruleVersion: { id: 'house', version: 7 },
    });
    expect(startClock(own, noon)).toEqual(own);
    expect(own.answerDue).toBe('2026-03-02T13:00:00.000Z');
  });

  it.each<[string, CommandTime]>([
    ['is undated', { ...noon, occurredAt: null, precision: 'unknown' }],
    ['was inferred', { ...noon, inferred: ['handOff', 'time'] }],
    ['is known to the day only', { ...noon, precision: 'day' }],
  ])('does not start when the time of the offer %s (I2)', (_, time) => {
    expect(startClock({ ...offer, ruleVersion: { id: 'house', version: 7 } }, time)).toMatchObject({
      answerDue: null,
      firstTouchDue: null,
      ruleVersion: null,
    });
  });

  it('refuses due dates that hang on an inferred time', () => {
    const due = { ...offer, answerDue: '2026-03-03T12:00:00.000Z' };
    expect(() => startClock(due, { ...noon, inferred: ['time'] })).toThrow(/leave the due dates out/);
  });
});
