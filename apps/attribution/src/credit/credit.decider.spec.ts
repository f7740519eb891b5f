import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from '@throughline/contracts';
import { creditOf, decideCredit, toSay } from './credit.decider.ts';
import type { Deal, Definition, Moment, PlacedTouch } from './deal.state.ts';

const definition: Definition = {
  ...{ model: 'linear', version: 1, title: null, rule: 'linear', parameters: {}, scope: 'account' },
  ...{ exposures: false, windowDays: 365, mostRecent: 500, severalConversions: 'reuse', inForceFrom: null },
};
const unknown: Moment = { at: null, precision: 'unknown' };
const touch = (n: number, day: string): PlacedTouch => ({
  ...{ id: `00000000-0000-4000-8000-00000000000${n}`, at: Date.parse(day), channel: 'ads', kind: 'activity' },
  ...{ person: null, account: 'acme', lead: null, named: false },
});
const deal = (...touches: PlacedTouch[]): Deal => ({
  ...{ opportunity: 'd', outcome: 'won', account: 'acme', owner: null, amount: 100n, currency: 'EUR' },
  ...{ opened: unknown, closed: { at: '2026-03-01T00:00:00.000Z', precision: 'instant' }, lead: unknown },
  ...{
    leads: [],
    accounts: ['acme'],
    contacts: [],
    leadPersons: [],
    captures: [],
    reopened: [],
    wonBefore: [],
    touches,
  },
});
const [early, late] = [touch(1, '2026-01-05'), touch(2, '2026-05-01')];

describe('what is said of a deal', () => {
  const decide = (now: Deal, said: string) =>
    decideCredit(now, [definition], [{ model: 'linear', said }]).map(({ name, data }) => [name, data]);
  const credit = creditOf(deal(early), definition);
  const said = canonicalJson(toSay(credit));

  it('is without counts, and not said again where only these change', () => {
    expect(decideCredit(deal(early), [definition], [])).toEqual([
      { name: 'credit.assigned', data: JSON.parse(said) },
    ]);
    expect(decide(deal(early, late), said)).toEqual([]);
  });

  it('stays where an older event tells counts too, until a share changes', () => {
    const older = canonicalJson(credit);
    expect(older).not.toBe(said);
    expect(decide(deal(early, late), older)).toEqual([]);
    const now = deal(early, touch(3, '2026-01-06'));
    expect(decide(now, older)).toEqual([['credit.revised', toSay(creditOf(now, definition))]]);
  });
});
