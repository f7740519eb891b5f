import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toRecord } from '@throughline/contracts';
import { ProjectionRunner } from '@throughline/projection';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { opened, touch, withdrawn, won } from '../testing/story.ts';
import { evidenceProjection } from './evidence.projector.ts';

let service: RunningAttribution;
beforeAll(async () => {
  service = await runningAttribution();
  const seen = touch('seen', '2026-01-05', { channel: 'ads', account: 'acme' });
  await service.send(seen, opened('deal', '2026-02-01', 'acme', []), won('deal', 2, '2026-03-01', 100_01));
  await service.settled();
  await service.database.query(`update evidence.touch set channel = 'forged' where event_id = $1`, [seen.id]);
});
afterAll(() => service.stop());

interface Ran {
  readonly state: string;
  readonly error: string | null;
  readonly result: { readonly equal: boolean; readonly switched?: boolean };
}

/** Starts long work, and waits until it has ended. */
async function ran(path: string, query = '', of = service): Promise<Ran> {
  expect((await of.ask(path + query, 'POST')).status).toBe(202);
  for (;;) {
    const now = await of.get<Ran>(path);
    if (now.state !== 'running') return now;
    await new Promise(setImmediate);
  }
}

describe('the evidence, built anew', () => {
  it('I4: an altered cell is found, and is not what a rebuild makes', async () => {
    expect(await ran('/v1/credit/verify')).toMatchObject({ state: 'done', result: { equal: false } });
    expect(await ran('/v1/evidence/projection/rebuild')).toMatchObject({
      state: 'done',
      result: { equal: false, switched: false },
    });
  });

  it('I4: is what the log says once it was switched to, and credit with it', async () => {
    expect(await ran('/v1/evidence/projection/rebuild', '?evenIfDifferent=true')).toMatchObject({
      state: 'done',
      result: { equal: false, switched: true },
    });
    const { rows } = await service.database.query('select channel from evidence.touch');
    expect(rows).toEqual([{ channel: 'ads' }]);
    expect(await ran('/v1/credit/verify')).toMatchObject({ state: 'done', result: { equal: true } });
  });

  it('goes on with what comes after', async () => {
    await service.send(touch('late', '2025-12-01', { channel: 'fair', account: 'acme' }));
    await service.settled();
    expect(await ran('/v1/credit/verify')).toMatchObject({ result: { equal: true } });
    const { items } = await service.get('/v1/credit?models=first');
    expect(items.map(({ key }) => key)).toEqual([{ channel: 'fair' }]);
  });
});

describe('the evidence of the version before', () => {
  it('is not read, and is built anew on request, with what came meanwhile', async () => {
    const tables = evidenceProjection.tables.filter(({ name }) => name !== 'touch_withdrawal');
    const [seen, other] = [
      touch('seen', '2026-01-05', { channel: 'ads', account: 'acme' }),
      touch('other', '2026-01-06', { channel: 'fair', account: 'acme' }),
    ];
    const next = await runningAttribution({
      before: async (database, log) => {
        const projection = {
          ...evidenceProjection,
          version: evidenceProjection.version - 1,
          tables,
          extras: [],
        };
        const older = new ProjectionRunner({ database, log, projection });
        await older.prepare();
        await log.send('journey.touches', [seen, other, withdrawn('not', 'seen')].map(toRecord));
        await older.runOnce();
        await older.close();
      },
    });
    try {
      const waits = /version 3 of attribution is live .*'throughline rebuild --of attribution'/;
      expect(await next.ask('/v1/credit')).toMatchObject({
        ...{ status: 503, body: { code: 'not-prepared', detail: expect.stringMatching(waits) } },
      });
      expect((await next.ask('/health/ready')).status).toBe(503);
      await next.send(opened('deal', '2026-02-01', 'acme', []), won('deal', 2, '2026-03-01', 100_01));
      expect(await ran('/v1/evidence/projection/rebuild', '', next)).toMatchObject({ state: 'done' });
      await next.workers.starting.runOnce();
      const { items } = await next.get('/v1/credit?models=first');
      expect(items.map(({ key }) => key)).toEqual([{ channel: 'fair' }]);
      expect((await next.ask('/health/ready')).status).toBe(200);
    } finally {
      await next.stop();
    }
  });
});
