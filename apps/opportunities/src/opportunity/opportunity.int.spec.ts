import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runningOpportunities, type RunningOpportunities } from '../testing/running-opportunities.ts';

let service: RunningOpportunities;
beforeAll(async () => void (service = await runningOpportunities(() => new Date('2026-03-02T12:00:00Z'))));
afterAll(() => service.drop());

const open = (id: string, data: object = {}, headers = {}) =>
  service.post('/v1/opportunities', { id, data }, headers);
const send = (id: string, command: string, data: object = {}, headers = {}) =>
  service.post(`/v1/opportunities/${id}/${command}`, { data }, headers);

describe('an opportunity from open to won', () => {
  it('is what its stream says, with its version as ETag', async () => {
    await open('deal-1', { stage: 'Prospecting', leads: ['lead-1'] });
    await send('deal-1', 'change-stage', { to: 'Engaging' });
    await send('deal-1', 'change-amount', { to: { amount: 105_500, currency: 'USD' } });
    const won = await send('deal-1', 'win', { contributors: ['marketing-1', 'sales-1'] });
    expect(won).toMatchObject({ status: 200, etag: '"4"', body: { version: 4, replayed: false } });
    const { etag, body } = await service.get('/v1/opportunities/deal-1');
    expect(etag).toBe('"4"');
    expect(body).toMatchObject({
      id: 'deal-1',
      version: 4,
      state: { situation: 'won', stage: 'Engaging', amount: { amount: 105_500, currency: 'USD' } },
      events: [
        { name: 'opportunity.opened', data: { opportunity: 'deal-1', amount: null } },
        { name: 'opportunity.stage-changed', data: { from: 'Prospecting', to: 'Engaging' } },
        { name: 'opportunity.amount-changed', data: { from: null } },
        {
          name: 'opportunity.won',
          data: {
            amount: null,
            contributors: [{ member: 'marketing-1', function: null }, { member: 'sales-1' }],
          },
        },
      ],
    });
  });

  it('I2 may be undated, and is marked so', async () => {
    await service.post('/v1/opportunities', { id: 'deal-2', occurredAt: null, inferred: ['time'], data: {} });
    const { body } = await service.get('/v1/opportunities/deal-2');
    expect(body['events']).toMatchObject([{ occurredAt: null, precision: 'unknown', inferred: ['time'] }]);
  });

  it('is not there before it is opened', async () => {
    expect(await service.get('/v1/opportunities/nowhere')).toMatchObject({ status: 404 });
    expect(await send('nowhere', 'win')).toMatchObject({
      status: 409,
      body: { code: 'opportunity-unknown' },
    });
  });

  it('wants whole minor units (I8)', async () => {
    await open('deal-3');
    const cents = await send('deal-3', 'change-amount', { to: { amount: 10.5, currency: 'USD' } });
    expect(cents).toMatchObject({ status: 422, body: { field: '/data/to/amount' } });
  });
});

describe('commands in a batch', () => {
  it('are answered in order, each for itself', async () => {
    const commands = [
      { command: 'open', id: 'deal-10', data: {} },
      { command: 'win', id: 'deal-10', data: { amount: { amount: 1, currency: 'EUR' } } },
      { command: 'lose', id: 'deal-10', data: {} },
      { command: 'win', id: 'deal-11', data: { amount: 'much' } },
      { command: 'open', id: 'deal-11', data: {} },
    ];
    const { status, body } = await service.post('/v1/opportunities/commands', { commands });
    expect(status).toBe(207);
    expect(body['results']).toMatchObject([
      { status: 200, version: 1 },
      { status: 200, version: 2 },
      { status: 409, problem: { code: 'opportunity-closed' } },
      { status: 422, problem: { field: '/data/amount' } },
      { status: 200, version: 1 },
    ]);
  });
});

describe('the log', () => {
  it('I3 has every stream as 1..N, as it was stored', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `deal-2${n}`);
    await Promise.all(ids.map((id) => open(id)));
    await Promise.all(
      ids.flatMap((id) => ['new', 'warm', 'hot'].map((to) => send(id, 'change-stage', { to }))),
    );
    const published = await service.published();
    for (const id of ids) {
      const stored = (await service.get(`/v1/opportunities/${id}`)).body['events'] as { id: string }[];
      const own = published.filter(({ key }) => key === id);
      expect(own.map(({ stream }) => stream?.version)).toEqual(stored.map((_, index) => index + 1));
      expect(own.map((event) => event.id)).toEqual(stored.map((event) => event.id));
    }
  });

  it('says where an event has been', async () => {
    const [stored] = ((await open('deal-hops')).body as { events: { id: string }[] }).events;
    await service.published();
    const { body } = await service.get(`/v1/hops/opportunities/${stored?.id}`);
    expect(body).toMatchObject({
      items: [
        { by: 'opportunities', hop: 'stored' },
        { hop: 'relayed', topic: 'journey.opportunities' },
      ],
      next: null,
    });
  });
});
