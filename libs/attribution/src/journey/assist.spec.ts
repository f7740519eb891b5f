import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assistsOf, tallyAssists, type AssistTouch } from './assist.ts';

const bare = { person: null, member: null, team: null, campaign: null, asset: null };
const journey = (...touches: Partial<AssistTouch>[]) => ({
  touches: touches.map((touch, at) => ({ id: `touch-${at}`, at, channel: 'email', ...bare, ...touch })),
  closedAt: 100,
  milestones: { lead: null, opportunity: null },
});
const part = (sourced: boolean, assisted: boolean, closed: boolean) => ({ sourced, assisted, closed });
const of = (kind: string, ...touches: Partial<AssistTouch>[]) =>
  Object.fromEntries(
    assistsOf(journey(...touches))
      .filter((it) => it.kind === kind)
      .map(({ subject, sourced, assisted, closed }) => [subject, part(sourced, assisted, closed)]),
  );

describe('assists of one conversion', () => {
  it('first sources, last closes, all before the last assist', () => {
    expect(of('person', { person: 'ada' }, { person: 'bob' }, { person: 'eve' })).toEqual({
      ada: part(true, true, false),
      bob: part(false, true, false),
      eve: part(false, false, true),
    });
    expect(of('person', { person: 'ada' })).toEqual({ ada: part(true, false, true) });
  });

  it('one subject counts once, with every part it had', () => {
    expect(of('team', { team: 'marketing' }, { team: 'sales' }, { team: 'marketing' })).toEqual({
      marketing: part(true, true, true),
      sales: part(false, true, false),
    });
    expect(of('team', { team: 'sales' }, { team: 'marketing' }, { team: 'marketing' })).toEqual({
      sales: part(true, true, false),
      marketing: part(false, true, true),
    });
  });

  it('I2: where nobody knows who held the first or the last touch, nobody is named instead', () => {
    expect(of('campaign', {}, { campaign: 'spring' }, {})).toEqual({ spring: part(false, true, false) });
  });

  it('tells persons, members, teams, campaigns, channels and assets apart', () => {
    const touch = { person: 'x', member: 'x', team: 'x', campaign: 'x', asset: 'x', channel: 'x' };
    expect(assistsOf(journey(touch)).map(({ kind }) => kind)).toEqual([
      'person',
      'member',
      'team',
      'campaign',
      'channel',
      'asset',
    ]);
  });
});

describe('assists over many deals', () => {
  const won = {
    outcome: 'won',
    assists: assistsOf(journey({ team: 'marketing' }, { team: 'sales' })),
  } as const;
  const lost = { ...won, outcome: 'lost' } as const;
  const open = { ...won, outcome: 'open' } as const;

  it('count conversions, with lost deals as control, and censor what is open', () => {
    const none = { deals: 0, sourced: 0, assisted: 0, closed: 0 };
    const teams = tallyAssists([won, won, lost, open]).filter(({ kind }) => kind === 'team');
    expect(teams).toEqual([
      {
        kind: 'team',
        subject: 'marketing',
        won: { deals: 2, sourced: 2, assisted: 2, closed: 0 },
        lost: { deals: 1, sourced: 1, assisted: 1, closed: 0 },
      },
      {
        kind: 'team',
        subject: 'sales',
        won: { deals: 2, sourced: 0, assisted: 0, closed: 2 },
        lost: { deals: 1, sourced: 0, assisted: 0, closed: 1 },
      },
    ]);
    expect(tallyAssists([open])).toEqual([]);
    expect(tallyAssists([lost]).every((row) => JSON.stringify(row.won) === JSON.stringify(none))).toBe(true);
  });

  it('I4: come out the same whatever order the deals are in; a conversion has one source and one close', () => {
    const person = fc.option(fc.constantFrom('ada', 'bob', 'eve'));
    const some = fc.array(
      fc.record({
        outcome: fc.constantFrom('won', 'lost', 'open'),
        assists: fc
          .array(person, { minLength: 1, maxLength: 6 })
          .map((all) => assistsOf(journey(...all.map((it) => ({ person: it }))))),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(some, (all) => {
        const rows = tallyAssists(all);
        expect(tallyAssists(all.toReversed())).toEqual(rows);
        const email = rows.find(({ kind }) => kind === 'channel');
        expect(email?.won.sourced ?? 0).toBe(all.filter(({ outcome }) => outcome === 'won').length);
        for (const {
          won: { deals, sourced, assisted, closed },
        } of rows) {
          expect(Math.max(sourced, assisted, closed)).toBeLessThanOrEqual(deals);
          expect(assisted + closed).toBeGreaterThanOrEqual(deals);
        }
      }),
    );
  });
});
