import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@throughline/log/testing';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { opened, touch, won } from '../testing/story.ts';

let service: RunningAttribution;
beforeAll(async () => {
  service = await runningAttribution({ now: () => new Date('2026-03-01T00:00:00.000Z') });
  await service.send(
    touch('t-1', '2026-01-01', { channel: 'ads', account: 'a' }),
    touch('t-2', '2026-02-10', { channel: 'email', account: 'a' }),
    ...[opened('old', '2026-01-10', 'a'), won('old', 2, '2026-02-15', 100)],
    ...[opened('new', '2026-01-10', 'a'), won('new', 2, '2026-03-02', 100)],
  );
});
afterAll(() => service.stop());

const define = (model: string, data: object) =>
  service.ask(`/v1/attribution-models/${model}/define`, 'POST', { data });

interface Breakdown {
  readonly models: readonly { model: { id: string; version: number }; shares: { amount: number }[] }[];
}
async function credit(deal: string, model: string) {
  const { models } = await service.get<Breakdown>(`/v1/credit/opportunities/${deal}`);
  return models.find(({ model: { id } }) => id === model);
}
const version = async (deal: string, model: string) => (await credit(deal, model))?.model.version;

describe('definitions of models', () => {
  it('I9: a new version is for deals closed from then on; older credit keeps its own', async () => {
    const settings = { rule: 'linear', windowDays: 30, inForceFrom: '2026-03-01T12:00:00Z' };
    expect((await define('linear', settings)).status).toBe(200);
    await eventually('the new version', async () => (await version('new', 'linear')) === 2);
    expect(await version('old', 'linear')).toBe(1);
    expect((await credit('new', 'linear'))?.shares).toHaveLength(1);
    expect((await credit('old', 'linear'))?.shares).toHaveLength(2);
  });

  it('a model of one’s own is for every deal', async () => {
    const settings = { rule: 'custom-by-channel', parameters: { channels: { ads: 3, email: 1 } } };
    expect((await define('house-rule', settings)).status).toBe(200);
    await eventually('the model', async () => (await version('old', 'house-rule')) === 1);
    expect((await credit('old', 'house-rule'))?.shares.map(({ amount }) => amount)).toEqual([75, 25]);
    const { items } = await service.get('/v1/attribution-models/house-rule');
    expect(items).toMatchObject([{ parameters: { channels: { ads: '3', email: '1' }, other: '0' } }]);
  });

  it('answers no place to wait for: what is said of models is not read back from the log', async () => {
    const { body } = await define('waits-for-nothing', { rule: 'first' });
    expect(body).toMatchObject({ after: null, events: [{ name: 'attribution-model.defined' }] });
    const commands = [{ command: 'define', id: 'nor-in-a-batch', data: { rule: 'first' } }];
    const batch = await service.ask('/v1/attribution-models/commands', 'POST', { commands });
    expect(batch.body['results']).toMatchObject([{ status: 200, after: null }]);
  });

  it('may say path steps: credit is dealt along the path that they make', async () => {
    const settings = { rule: 'linear', pathSteps: [{ step: 'exclude', channels: ['ads'] }] };
    expect((await define('no-ads', settings)).status).toBe(200);
    await eventually('the model', async () => (await version('old', 'no-ads')) === 1);
    expect(await credit('old', 'no-ads')).toMatchObject({
      ...{ shares: [{ amount: 100 }], considered: 1, leftOut: { folded: 1 } },
    });
    expect((await credit('old', 'last'))?.['leftOut' as never]).not.toHaveProperty('folded');
    const { items } = await service.get('/v1/attribution-models/no-ads');
    expect(items).toMatchObject([{ pathSteps: settings.pathSteps }]);
    expect((await define('no-ads', settings)).body).toMatchObject({ version: 1, events: [] });
  });

  it('refuses what a rule cannot be, with field and remedy', async () => {
    for (const [refused, data, field] of [
      [422, { rule: 'magic' }, '/data/rule'],
      [409, { rule: 'time-decay', parameters: { halfLifeDays: 0 } }, '/data/parameters/halfLifeDays'],
      [409, { rule: 'linear', parameters: { speed: 1 } }, '/data/parameters/speed'],
      [409, { rule: 'position-based', parameters: { first: 0, middle: 0, last: 0 } }, /^\/data\/parameters/],
      [422, { rule: 'linear', mostRecent: 0 }, '/data/mostRecent'],
      [409, { rule: 'linear', pathSteps: [{ step: 'shuffle' }] }, '/data/pathSteps/0/step'],
      [
        409,
        { rule: 'linear', stageProbabilities: { stages: { a: 2 } } },
        '/data/stageProbabilities/stages/a',
      ],
      [422, { rule: 'linear', stageProbabilities: { a: 1 } }, '/data/stageProbabilities/stages'],
    ] as const) {
      const { status, body } = await define('odd', data);
      const named = typeof field === 'string' ? field : expect.stringMatching(field);
      expect({ status, body }).toMatchObject({
        status: refused,
        body: { field: named, remedy: expect.any(String) },
      });
    }
    const many = (n: number, each: unknown) =>
      Object.fromEntries(Array.from({ length: n }, (_, at) => [`channel-${at}`, each]));
    for (const [data, field] of [
      [{ rule: 'custom-by-channel', parameters: { channels: many(1_001, 1) } }, '/data/parameters/channels'],
      [
        {
          rule: 'custom-by-channel-and-place',
          parameters: {
            places: many(
              400,
              Array.from({ length: 200 }, () => '0.25'),
            ),
          },
        },
        '/data/parameters',
      ],
      [{ rule: 'linear', windowDays: 7 }, '/data/inForceFrom'],
      [{ rule: 'linear', windowDays: 7, inForceFrom: '2026-01-01T00:00:00Z' }, '/data/inForceFrom'],
    ] as const) {
      const { status, body } = await define('linear', data);
      expect({ status, body }).toMatchObject({ status: 409, body: { field, remedy: expect.any(String) } });
    }
    expect(await define('Not A Slug', { rule: 'linear' })).toMatchObject({
      status: 409,
      body: { field: 'id' },
    });
    expect((await define('linear', { rule: 'linear', windowDays: 7 })).status).toBe(409);
    expect((await service.ask('/v1/attribution-models/unheard-of')).status).toBe(404);
  });
});

describe('the proof of credit', () => {
  const verified = async () => {
    expect((await service.ask('/v1/credit/verify', 'POST')).status).toBe(202);
    await service.workers.starting.runOnce();
    await eventually('the end of it', async () => {
      const { body } = await service.ask('/v1/credit/verify');
      return body['state'] !== 'running';
    });
    return (await service.ask('/v1/credit/verify')).body['result'] as {
      equal: boolean;
      credit: { inForce: string; fromScratch: string; differing: string[]; credits: number };
    };
  };

  it('I4: credit in force equals credit from scratch; one altered cell is found, named and mended', async () => {
    const digest = async () => (await service.ask('/v1/credit/digest')).body;
    const right = await verified();
    expect(right).toMatchObject({ equal: true, credit: { credits: 34, differing: [] } });
    expect(right.credit.inForce).toBe(right.credit.fromScratch);
    expect(await digest()).toEqual({ credits: 34, digest: right.credit.inForce });
    await service.database.query(
      `update credit set said = replace(said, '100', '101') where model = 'first'`,
    );
    const wrong = await verified();
    expect(wrong).toMatchObject({ equal: false, credit: { differing: ['new', 'old'] } });
    expect(wrong.credit.fromScratch).toBe(right.credit.inForce);
    expect((await service.ask('/v1/credit/recompute', 'POST', { reason: 'altered' })).status).toBe(202);
    await eventually('it mended', async () => (await digest())['digest'] === right.credit.inForce);
  });
});
