import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runningJourneys, type RunningJourneys } from '../testing/running-journeys.ts';
import { decision } from '../testing/story.ts';

let journeys: RunningJourneys;
beforeAll(async () => void (journeys = await runningJourneys('conflicts')));
afterAll(() => journeys.stop());

it('F1 a decision that can never take effect fails freshness and stands in status, until somebody accepts it', async () => {
  await journeys.send(
    decision('lead.captured', 'l-1', 1, null, { source: null }),
    decision('lead.captured', 'l-1', 1, null, { source: 'fair' }),
  );
  await journeys.get('/v1/journeys/lead/l-1');
  expect(await journeys.get('/v1/status')).toMatchObject({ conflicts: 1, decisionConflicts: 1 });
  expect(await journeys.ask('/health/fresh')).toMatchObject({
    status: 503,
    body: {
      checks: {
        'journeys.projection': {
          ok: false,
          detail: { decisionConflicts: 1, remedy: expect.stringContaining('throughline restore-store') },
        },
      },
    },
  });
  const accepted = await journeys.ask('/v1/conflicts/accept', 'POST', { reason: 'decided anew' });
  expect(accepted).toMatchObject({ status: 200, body: { accepted: 1 } });
  expect((await journeys.ask('/health/fresh')).status).toBe(200);
  expect(await journeys.get('/v1/status')).toMatchObject({ conflicts: 1, decisionConflicts: 0 });
});

it('R4 digests say what they are of, and those of verify are the full ones of the tables', async () => {
  await journeys.ask('/v1/projection/verify', 'POST');
  let verified = await journeys.ask('/v1/projection/verify');
  while (verified.body['state'] === 'running') verified = await journeys.ask('/v1/projection/verify');
  const { tables } = verified.body['result'] as { tables: { table: string; kind: string; live: string }[] };
  const full = await journeys.get('/v1/digests?kind=full');
  expect(tables.map(({ table, kind, live }) => ({ table, kind, digest: live }))).toEqual(
    full.items.map(({ table, kind, digest }) => ({ table, kind, digest })),
  );
  const content = await journeys.get('/v1/digests');
  expect(new Set(content.items.map(({ kind }) => kind))).toEqual(new Set(['content']));
});
