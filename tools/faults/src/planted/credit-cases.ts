import assert from 'node:assert/strict';
import { journeysOf, WHOLE_JOURNEY } from '@throughline/attribution';

/** Journeys that are cut, and which touches must stay. */
export const creditCases: readonly { name: string; run(): Promise<void> }[] = [
  {
    name: 'the touches that hold milestones outlive a cut',
    run: async () => {
      const touches = Array.from({ length: 503 }, (_, at) => ({ id: `t${at}`, at, channel: 'web' }));
      const deal = {
        ...{ id: 'deal', outcome: 'won' as const, closedAt: 1_000 },
        milestones: { lead: 1, opportunity: 3 },
      };
      const [found] = journeysOf(touches, [deal], { ...WHOLE_JOURNEY, asOf: 2_000, mostRecent: 2 });
      assert.deepEqual(
        found?.journey.touches.map(({ id }) => id),
        ['t0', 't1', 't3', 't501', 't502'],
      );
    },
  },
];
