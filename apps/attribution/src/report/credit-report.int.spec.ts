import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { decided, opened, touch, won } from '../testing/story.ts';
import type { ReportRow } from './credit-report.query.ts';

let service: RunningAttribution;
beforeAll(async () => {
  service = await runningAttribution();
  const at = (account: string, channel: string | null, day: string, more = {}) =>
    touch(`${account}-${day}`, day, { channel, account, ...more });
  await service.send(
    ...[at('a', 'ads', '2026-01-01'), at('a', 'email', '2026-01-02', { campaign: 'spring' })],
    at('a', 'phone', '2026-01-20', { team: 'sales', actor: 'seller-1', campaign: 'spring' }),
    ...[opened('d-1', '2026-01-10', 'a'), won('d-1', 2, '2026-02-01', 100_00)],
    ...[at('b', 'email', '2026-01-05'), at('b', null, '2026-01-06')],
    ...[opened('d-2', '2026-01-10', 'b'), won('d-2', 2, '2026-03-01', 1_01)],
    ...[opened('d-3', '2026-01-10', 'nobody'), won('d-3', 2, '2026-03-01', 50_00)],
    ...[at('c', 'ads', '2026-01-06'), opened('d-4', '2026-01-10', 'c')],
    decided('opportunity.lost', 'd-4', 2, '2026-03-01', { reason: 'price', note: null, by: null }),
  );
});
afterAll(() => service.stop());

interface Report {
  readonly items: readonly ReportRow[];
  readonly unattributed: readonly ReportRow[];
  readonly total: readonly ReportRow[];
  readonly next: string | null;
}
const report = (query: string) => service.get<Report>(`/v1/credit?${query}`);
const amounts = (rows: readonly ReportRow[], model: string) =>
  Object.fromEntries(rows.map(({ key, models }) => [Object.values(key).join('/'), models[model]?.amount]));

describe('the credit report', () => {
  it('I8: shows models side by side; rows and what is unattributed sum to the total', async () => {
    const { items, unattributed, total } = await report('models=first,last,linear');
    expect(amounts(items, 'first')).toEqual({ ads: '10000', email: '101', phone: '0', '': '0' });
    expect(amounts(items, 'last')).toEqual({ ads: '0', email: '0', phone: '10000', '': '101' });
    expect(amounts(items, 'linear')).toEqual({ ads: '3333', email: '3384', phone: '3333', '': '51' });
    for (const model of ['first', 'last', 'linear']) {
      const sum = [...items, ...unattributed].reduce(
        (all, row) => all + Number(row.models[model]?.amount),
        0,
      );
      expect(sum).toBe(Number(total[0]?.models[model]?.amount));
      expect(sum).toBe(100_00 + 1_01 + 50_00);
      expect(total[0]?.models[model]?.deals).toBe('3.000000');
    }
    expect(unattributed).toMatchObject([{ currency: 'EUR', models: { first: { amount: '5000' } } }]);
  });

  it('tells how far the models are apart', async () => {
    const { items } = await report('models=first,last&group=channel');
    expect(items.find(({ key }) => key['channel'] === 'ads')?.spread).toEqual({
      ...{ deals: '1.000000', amount: '10000' },
    });
  });

  it('narrows to a window of any date, and to values', async () => {
    const march = await report('models=linear&date=closed&from=2026-03-01');
    expect(amounts(march.items, 'linear')).toEqual({ email: '50', '': '51' });
    const touched = await report('models=linear&date=touch&from=2026-01-05&to=2026-01-06');
    expect(amounts(touched.items, 'linear')).toEqual({ email: '50' });
    expect(touched.unattributed).toEqual([]);
    const spring = await report('models=linear&only=campaign:spring&group=team,campaign');
    expect(amounts(spring.items, 'linear')).toEqual({ '/spring': '3334', 'sales/spring': '3333' });
  });

  it('practice 4: opens every figure to the deals, touches and events that sum to it', async () => {
    const { items, unattributed } = await report('models=linear');
    for (const { key, models } of items) {
      const channel = key['channel'] ?? null;
      const drill = channel === null ? 'blank=channel' : `only=channel:${channel}`;
      const entries = await service.get(`/v1/credit/entries?model=linear&${drill}&limit=1`);
      expect(entries['total']).toMatchObject([{ amount: models['linear']?.amount }]);
      expect(entries.items[0]).toMatchObject({
        ...{ touch: expect.any(String), creditEventId: expect.any(String), modelVersion: 1 },
      });
    }
    const rest = await service.get('/v1/credit/entries?model=linear&unattributed=true');
    expect(rest.items).toMatchObject([{ opportunity: 'd-3', amount: '5000', reason: 'no-touch' }]);
    expect(rest['total']).toMatchObject([{ amount: unattributed[0]?.models['linear']?.amount }]);
  });

  it('pages through rows', async () => {
    const first = await report('models=linear&limit=3');
    expect(first).toMatchObject({ items: { length: 3 }, next: expect.stringMatching(/^after-3\./) });
    const second = await report(`models=linear&limit=3&cursor=${first.next}`);
    expect(second).toMatchObject({ items: { length: 1 }, next: null });
  });

  it('breaks a deal down: its path, and what every model says of it', async () => {
    const deal = await service.get<{ path: object[]; models: { model: { id: string }; shares: object[] }[] }>(
      '/v1/credit/opportunities/d-1',
    );
    expect(deal).toMatchObject({
      ...{ outcome: 'won', amount: '10000' },
      path: [{ channel: 'ads' }, { channel: 'email' }, { channel: 'phone', member: 'seller-1' }],
    });
    expect(deal.models).toHaveLength(13);
    expect(deal.models.find(({ model }) => model.id === 'linear')?.shares).toHaveLength(3);
  });

  it('lists winning and losing paths with the rest', async () => {
    expect(await service.get('/v1/paths?limit=1&by=amount')).toMatchObject({
      items: [{ channels: ['ads', 'email', 'phone'], deals: 1, amount: '10000' }],
      rest: [{ paths: 2, deals: 2, amount: '5101' }],
      total: [{ paths: 3, deals: 3, amount: '15101' }],
    });
    expect((await service.get('/v1/paths?outcome=lost')).items).toMatchObject([
      { channels: ['ads'], deals: 1 },
    ]);
  });

  it('refuses windows that nothing could be in, and names what to ask instead', async () => {
    for (const [path, field] of [
      ['credit?measure=pipeline&from=2026-01-01', 'date'],
      ['credit?measure=pipeline&date=closed&to=2026-01-01', 'date'],
      ['credit/entries?model=first&measure=pipeline&from=2026-01-01', 'date'],
      ['paths?outcome=open&from=2026-01-01', 'from'],
      ['paths?outcome=open&to=2026-01-01', 'to'],
      ['credit?from=2026-02-02&to=2026-02-01', 'from'],
      ['credit/entries?model=first&from=2026-02-01T01:00:00%2B01:00&to=2026-01-31T23:00:00Z', 'from'],
      ['paths?from=2026-02-02&to=2026-02-01', 'from'],
      ['assists?from=2026-02-02&to=2026-02-01', 'from'],
      ['recognition?from=2026-02-02&to=2026-02-01', 'from'],
      ['campaigns/return?from=2026-02-02&to=2026-02-01', 'from'],
    ] as const) {
      const { status, body } = await service.ask(`/v1/${path}`);
      expect({ path, status, body }).toMatchObject({
        ...{ path, status: 422, body: { field, remedy: expect.any(String) } },
      });
    }
    const created = await service.ask('/v1/credit?measure=pipeline&date=created&from=2026-01-01');
    expect(created.status).toBe(200);
    expect(await service.ask('/v1/credit/entries?model=nope')).toMatchObject({
      ...{ status: 422, body: { field: 'model', remedy: expect.any(String) } },
    });
  });

  it('refuses what it does not know, with field and remedy', async () => {
    for (const [query, field] of [
      ['models=magic', 'models'],
      ['group=colour', 'group'],
      ['only=channel', 'only'],
      ['cursor=x', 'cursor'],
    ] as const) {
      const { status, body } = await service.ask(`/v1/credit?${query}`);
      expect({ status, body }).toMatchObject({ status: 422, body: { field, remedy: expect.any(String) } });
    }
    expect(await service.ask('/v1/credit/opportunities/unheard-of')).toMatchObject({ status: 404 });
  });
});

describe('an amount that nobody knows (I2)', () => {
  let other: RunningAttribution;
  beforeAll(async () => {
    other = await runningAttribution();
    const at = (account: string, n: number, channel: string) =>
      touch(`${account}${n}`, `2026-01-0${n}`, { account, channel });
    await other.send(
      ...[at('a', 1, 'c'), at('a', 2, 'z'), opened('A', '2026-01-01', 'a'), won('A', 2, '2026-02-01', null)],
      ...[at('b', 1, 'z'), at('b', 2, 'c'), opened('B', '2026-01-01', 'b')],
      decided('opportunity.won', 'B', 2, '2026-02-01', {
        ...{ amount: { amount: 100, currency: null }, contributors: null, by: null },
      }),
    );
    await other.settled();
  });
  afterAll(() => other.stop());

  it('is null under the model that deals it out, whatever another model knows', async () => {
    const { items, total } = await other.get<Report>('/v1/credit?models=first,last');
    expect(amounts(items, 'first')).toEqual({ c: null, z: '100' });
    expect(amounts(items, 'last')).toEqual({ c: '100', z: null });
    expect(items.map(({ spread }) => spread.amount)).toEqual([null, null]);
    expect(total).toMatchObject([{ models: { first: { amount: '100' }, last: { amount: '100' } } }]);
    const alone = await other.get<Report>('/v1/credit?models=first');
    expect(amounts(alone.items, 'first')).toEqual(amounts(items, 'first'));
  });
});
