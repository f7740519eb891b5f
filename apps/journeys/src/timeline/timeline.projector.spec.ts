import { describe, expect, it } from '@jest/globals';
import { catalogue, sampleEvent, TOPICS } from '@throughline/contracts';
import { timelineTable } from './timeline.projector.ts';

const told = catalogue.filter(({ topic }) => TOPICS.some((each) => each === topic));

describe('a timeline entry', () => {
  it('every event that journeys are made of gives exactly one, with a title', () => {
    for (const { name } of told) {
      const rows = timelineTable.rows(sampleEvent(name));
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ name, title: expect.stringMatching(/^[A-Z]/) });
      expect(Object.keys(rows[0] ?? {}).sort()).toEqual(Object.keys(timelineTable.columns).sort());
    }
  });

  it('carries no personal field outside of data', () => {
    for (const { name, personal } of told) {
      const event = sampleEvent(name);
      const [row] = timelineTable.rows(event);
      const shown = JSON.stringify({ ...row, data: null });
      for (const path of personal) {
        const value = path
          .split('.')
          .reduce<unknown>((at, key) => (at as Record<string, unknown> | null)?.[key], event.data);
        if (typeof value === 'string') expect(shown).not.toContain(value);
      }
    }
  });

  it('I2: has money as people write it, and never guesses how many minor units make a whole', () => {
    const titleOf = (currency: string | null) => {
      const [row] = timelineTable.rows(
        sampleEvent('opportunity.won', { data: { amount: { amount: 482_100, currency } } }),
      );
      return row?.['title'];
    };
    expect([titleOf('EUR'), titleOf('JPY'), titleOf(null)]).toEqual([
      'Opportunity won · 4821.00 EUR',
      'Opportunity won · 482100 JPY',
      'Opportunity won · 482100 minor units of an unknown currency',
    ]);
  });

  it('names both ends of an edge', () => {
    const edge = (relation: 'same-person' | 'account-in-parent') =>
      timelineTable.rows(sampleEvent('identity.linked', { data: { relation, from: 'a', to: 'b' } }))[0];
    expect(edge('same-person')).toMatchObject({ person: 'a', other_person: 'b', account: null });
    expect(edge('account-in-parent')).toMatchObject({ account: 'a', other_account: 'b', person: null });
  });
});
