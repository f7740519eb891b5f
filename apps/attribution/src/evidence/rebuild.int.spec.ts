import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { opened, touch, won } from '../testing/story.ts';

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
async function ran(path: string, query = ''): Promise<Ran> {
  expect((await service.ask(path + query, 'POST')).status).toBe(202);
  for (;;) {
    const now = await service.get<Ran>(path);
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
