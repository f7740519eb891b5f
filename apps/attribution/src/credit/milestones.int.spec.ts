import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JourneyEvent } from '@throughline/contracts';
import fc from 'fast-check';
import { creditFromScratch } from '../testing/credit-oracle.ts';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { captured, decided, opened, touch, won } from '../testing/story.ts';
import { readDefinitions } from './credit-book.ts';

const days = Array.from({ length: 9 }, (_, n) => `2026-01-0${n + 1}`);
const day = fc.option(fc.constantFrom(...days), { freq: 8 });
/** A deal with several leads, some captured after its close, which was reopened and won again some times. */
const aDeal = fc.record({
  leads: fc.array(day, { minLength: 1, maxLength: 3 }),
  ...{ opened: day, rounds: fc.array(fc.record({ reopened: day, won: day }), { maxLength: 3 }), won: day },
});
type ADeal = typeof aDeal extends fc.Arbitrary<infer T> ? T : never;

/** A touch a day, at noon: after what is captured and opened that day. */
function eventsOf(of: ADeal, deal: string): JourneyEvent[] {
  const leads = of.leads.map((_, n) => `${deal}-l${n}`);
  const rounds = of.rounds.flatMap((round, n) => [
    decided('opportunity.reopened', deal, 2 * n + 3, round.reopened, { stage: null, reason: null, by: null }),
    won(deal, 2 * n + 4, round.won, null),
  ]);
  return [
    ...days.map((on) => touch(`${deal}-${on}`, `${on}T12:00:00Z`, { opportunity: deal, channel: 'ads' })),
    ...of.leads.map((on, n) => captured(leads[n] ?? '', on, null, null)),
    ...[opened(deal, of.opened, null, leads), won(deal, 2, of.won, 100_00), ...rounds],
  ];
}

describe('milestones that were reached several times', () => {
  let service: RunningAttribution;
  let deals = 0;
  beforeAll(async () => {
    service = await runningAttribution();
    for (const [model, milestones] of [
      ['by-first', 'first'],
      ['by-last', 'last'],
    ])
      await service.ask(`/v1/attribution-models/${model}/define`, 'POST', {
        data: { rule: 'w-shaped', milestones },
      });
    await service.workers.again.runOnce();
  });
  afterAll(() => service.stop());

  it('I4: hold what the oracle says, by the first and by the last; standard models go by the first', async () => {
    const credited = async (all: readonly ADeal[]) => {
      const prefix = `run${(deals += 1)}-`;
      const events = all.flatMap((deal, n) => eventsOf(deal, `${prefix}${n}`));
      await service.send(...events);
      await service.settled();
      const definitions = await readDefinitions(service.database);
      const said = await creditsOf(service, prefix);
      expect(said).toEqual(creditFromScratch(events, definitions));
      const shares = (model: string) =>
        said
          .map((text) => JSON.parse(text) as { model: { id: string }; opportunity: string; shares: object[] })
          .filter((it) => it.model.id === model)
          .map(({ opportunity, shares: dealt }) => ({ opportunity, dealt }));
      expect(shares('by-first')).toEqual(shares('w-shaped'));
      expect(shares('by-last')).not.toEqual(shares('w-shaped'));
    };
    const several = fc.array(aDeal, { minLength: 20, maxLength: 20 });
    await fc.assert(fc.asyncProperty(several, credited), { numRuns: 3, endOnFailure: true });
  }, 60_000);
});

async function creditsOf(service: RunningAttribution, prefix: string): Promise<string[]> {
  const { rows } = await service.database.query<{ said: string }>(
    `select said from credit where outcome = 'won' and starts_with(opportunity, $1)`,
    [prefix],
  );
  return rows.map(({ said }) => said).sort();
}
