import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sampleEvent } from '@throughline/contracts';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { decided, opened, touch } from '../testing/story.ts';

let service: RunningAttribution;
const spent = (id: string, campaign: string, amount: number, currency: string | null, more: object = {}) =>
  sampleEvent('campaign.spend-recorded', {
    sourceId: id,
    ...{ occurredAt: null, precision: 'unknown' as const },
    data: {
      campaign,
      amount: { amount, currency },
      period: { from: '2026-01-01', to: '2026-01-10' },
      ...more,
    },
  });
const deal = (id: string, campaign: string, day: string, currency: string) => [
  touch(`touch of ${id}`, '2026-01-05', { account: id, channel: 'ads', campaign }),
  opened(id, '2026-01-10', id),
  decided('opportunity.won', id, 2, day, {
    amount: { amount: 1_000, currency },
    contributors: null,
    by: null,
  }),
];
const open = (id: string, campaign: string, day: string) => [
  touch(`touch of ${id}`, '2026-01-05', { account: id, channel: 'ads', campaign }),
  decided('opportunity.opened', id, 1, day, {
    ...{ account: id, leads: [], stage: null, amount: { amount: 100, currency: 'USD' } },
  }),
];
beforeAll(async () => {
  service = await runningAttribution({ now: () => new Date('2026-03-05T12:00:00.000Z') });
  await service.send(
    ...[spent('s-1', 'fair', 101, 'USD'), spent('s-2', 'fair', 50, 'EUR'), spent('s-3', 'mail', 10, null)],
    ...[...deal('a', 'fair', '2026-02-01', 'USD'), ...deal('b', 'fair', '2026-02-01', 'EUR')],
    ...[...open('c', 'fair', '2026-02-01'), ...open('d', 'fair', '2026-02-20')],
  );
  for (const [day, rate] of [
    ...[
      ['2026-01-01', '0.5'],
      ['2026-01-10', '0.9'],
      ['2026-01-11', '2'],
      ['2026-02-01', '0.8'],
    ],
    ['2026-03-05', '0.7'],
  ] as const) {
    await service.ask('/v1/exchange-rates/USD/EUR/set', 'POST', { data: { day, rate } });
  }
});
afterAll(() => service.stop());

const returned = (query: string) => service.get(`/v1/campaigns/return?models=linear&${query}`);

describe('the return of campaigns', () => {
  it('is by currency unless one is named', async () => {
    const { items } = await returned('');
    expect(items).toMatchObject([
      {
        campaign: 'fair',
        currency: 'EUR',
        spend: '50',
        revenue: { linear: { amount: '1000' } },
        pipeline: {},
      },
      { campaign: 'fair', currency: 'USD', spend: '101', pipeline: { linear: { amount: '200' } } },
      { campaign: 'mail', currency: null, spend: '10' },
    ]);
  });

  it('in one currency: spend by the last day of its period, revenue at the close, pipeline by now', async () => {
    const { items } = await returned('currency=EUR');
    expect(items).toMatchObject([
      {
        // 101 at 0.9 is 91; 1,000 at 0.8; two times 100 at 0.7
        ...{ campaign: 'fair', currency: 'EUR', spend: '141', cost: 'known' },
        ...{ revenue: { linear: { amount: '1800' } }, pipeline: { linear: { amount: '140' } } },
        perUnit: { linear: '12.765957' },
      },
      { campaign: 'mail', currency: null, spend: '10' },
    ]);
  });

  it('windows that follow each other sum to what was converted', async () => {
    const spend = async (query: string) => {
      const { items } = await returned(`currency=EUR&${query}`);
      return Number(items.find(({ campaign }) => campaign === 'fair')?.['spend']);
    };
    const parts = [await spend('to=2026-01-04'), await spend('from=2026-01-04&to=2026-01-08')];
    expect([...parts, await spend('from=2026-01-08')]).toEqual([42, 56, 43]);
  });

  it('without a rate of the day it is refused', async () => {
    await service.send(
      spent('s-4', 'late', 10, 'GBP', { period: null }),
      ...[spent('s-5', 'late', 10, 'CHF'), spent('s-6', 'late', 10, 'CHF')],
    );
    expect((await service.ask('/v1/campaigns/return?currency=EUR')).body).toMatchObject({
      ...{ status: 422, code: 'missing-rate', field: 'currency' },
      detail: 'There is no rate for CHF/EUR at 2026-01-10 (spend of campaigns).',
    });
    await service.ask('/v1/exchange-rates/CHF/EUR/set', 'POST', { data: { day: '2026-01-10', rate: '1' } });
    // spend that nobody dated has no rate: what it cost is not known
    const { items } = await returned('currency=EUR');
    expect(items.filter(({ campaign }) => campaign === 'late')).toMatchObject([
      { currency: 'EUR', spend: '20', cost: 'known' },
      { currency: null, spend: null, cost: 'unknown' },
    ]);
  });

  it('is answered by page', async () => {
    const all = await returned('limit=1000');
    const first = await returned('limit=2');
    expect(first.items).toEqual(all.items.slice(0, 2));
    const second = await returned(`limit=1000&cursor=${first.next}`);
    expect(second).toEqual({ items: all.items.slice(2), next: null });
  });

  it('takes pipeline of deals opened in a window, and no more open deals than it can compute', async () => {
    const { items } = await returned('currency=EUR&openedFrom=2026-02-10');
    expect(items[0]).toMatchObject({
      revenue: { linear: { amount: '1800' } },
      pipeline: { linear: { amount: '70' } },
    });
    await service.database.query(
      `insert into deal (opportunity, outcome, account, opened_at, said)
       select 'many-' || n, 'open', 'many', '2026-02-05', '' from generate_series(1, 2000) n`,
    );
    expect(await service.ask('/v1/campaigns/return?models=linear')).toMatchObject({
      status: 422,
      body: {
        ...{
          field: 'openedFrom',
          detail: 'Pipeline is computed when asked, and 2002 open deals are too many.',
        },
        remedy: 'Narrow it to 2000 deals: by openedFrom and openedTo, the window in which they were opened.',
      },
    });
    expect((await returned('openedFrom=2026-02-10')).items[1]).toMatchObject({
      ...{ currency: 'USD', pipeline: { linear: { amount: '100' } } },
    });
    await service.database.query(`delete from deal where account = 'many'`);
    expect(await service.ask('/v1/campaigns/return?openedFrom=2026-02-02&openedTo=2026-02-01')).toMatchObject(
      {
        ...{ status: 422, body: { field: 'openedFrom' } },
      },
    );
  });
});
