import { describe, expect, it } from '@jest/globals';
import type { JourneyEvent } from '@throughline/contracts';
import { decided, opened } from '../testing/story.ts';
import { opportunityTable, type OpportunityRow } from './opportunity.projector.ts';

type Step = [step: 'added' | 'removed', person: string, role: string | null];

function committee(...given: Step[]): (readonly [string, string | null])[] {
  const events: JourneyEvent[] = given.map(([step, person, committeeRole], n) =>
    decided(`opportunity.contact-${step}`, 'd', n + 2, '2026-01-05', { person, committeeRole, by: null }),
  );
  const row = [opened('d', '2026-01-01', null), ...events].reduce<OpportunityRow | null>(
    opportunityTable.evolve,
    null,
  );
  return (row?.contacts ?? []).map(({ person, role }) => [person, role] as const);
}

describe('the committee of a deal, in the order of joining', () => {
  it('keeps the place of who is added again', () => {
    expect(committee(['added', 'ann', null], ['added', 'bob', null], ['added', 'ann', null])).toEqual([
      ['ann', null],
      ['bob', null],
    ]);
  });

  it('has a place for each role', () => {
    expect(committee(['added', 'ann', null], ['added', 'bob', null], ['added', 'ann', 'buyer'])).toEqual([
      ['ann', null],
      ['bob', null],
      ['ann', 'buyer'],
    ]);
  });

  it('gives a new place to who left and came back', () => {
    const back = committee(
      ['added', 'ann', 'buyer'],
      ['added', 'bob', null],
      ['removed', 'ann', null],
      ['added', 'ann', 'buyer'],
    );
    expect(back).toEqual([
      ['bob', null],
      ['ann', 'buyer'],
    ]);
  });
});
