import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { decided, opened, touch } from '../testing/story.ts';

let service: RunningAttribution;
const winning = (deal: string, day: string | null, amount: number | null, currency: string | null) => [
  touch(`touch of ${deal}`, '2026-01-05', { account: deal, channel: deal, campaign: deal }),
  opened(deal, '2026-01-10', deal),
  decided('opportunity.won', deal, 2, day, {
    ...{ amount: amount === null ? null : { amount, currency }, contributors: null, by: null },
  }),
];
beforeAll(async () => {
  service = await runningAttribution({ now: () => new Date('2026-03-05T12:00:00.000Z') });
  await service.send(
    ...[...winning('euro', '2026-02-01', 100, 'EUR'), ...winning('dollar', '2026-02-20', 100, 'USD')],
    ...[...winning('buck', '2026-02-15', 100, 'USD'), ...winning('pound', '2026-02-01', 100, 'GBP')],
    ...[...winning('undated', null, 100, 'CHF'), ...winning('nameless', '2026-02-01', 7, null)],
    ...winning('unknown', '2026-02-01', null, 'USD'),
    touch('touch of open', '2026-01-05', { account: 'open', channel: 'open', campaign: 'open' }),
    decided('opportunity.opened', 'open', 1, '2026-01-10', {
      ...{ account: 'open', leads: [], stage: null, amount: { amount: 3, currency: 'USD' } },
    }),
  );
});
afterAll(() => service.stop());

const set = (pair: string, day: string, rate: string) =>
  service.ask(`/v1/exchange-rates/${pair}/set`, 'POST', { data: { day, rate } });
const report = async (query: string) => {
  const { items } = await service.get(`/v1/credit?models=linear&currency=EUR&${query}`);
  return items.map((row) => {
    const { currency, models } = row as { currency: string | null; models: { linear: { amount: string } } };
    return [Object.values(row['key'] as object)[0], models.linear.amount, currency];
  });
};

describe('mixed currencies without a rate', () => {
  it.each([
    '/v1/credit?currency=EUR',
    '/v1/credit/entries?model=linear&currency=EUR',
    '/v1/recognition?currency=EUR',
    '/v1/paths?currency=EUR',
    '/v1/campaigns/return?currency=EUR',
  ])('%s is refused: which pairs, from when, how many deals, and what to do', async (path) => {
    expect(await service.ask(path)).toMatchObject({
      status: 422,
      body: {
        ...{ code: 'missing-rate', field: 'currency' },
        detail: 'There is no rate for GBP/EUR at 2026-02-01 (1 deal), USD/EUR at 2026-02-15 (2 deals).',
        remedy:
          'POST /v1/exchange-rates/GBP/EUR/set from 2026-02-01 or before; ' +
          'POST /v1/exchange-rates/USD/EUR/set from 2026-02-15 or before; or ask without currency.',
      },
    });
  });

  it('one deal is refused for itself, an open one at the instant asked for', async () => {
    expect((await service.ask('/v1/credit/opportunities/pound?currency=EUR')).body).toMatchObject({
      detail: 'There is no rate for GBP/EUR at 2026-02-01 (1 deal).',
    });
    expect((await service.ask('/v1/credit?measure=pipeline&currency=EUR')).body).toMatchObject({
      ...{ code: 'missing-rate', detail: 'There is no rate for USD/EUR at 2026-03-05 (1 deal).' },
    });
  });

  it('what is asked of deals that need none is answered', async () => {
    expect(await report('only=account:euro')).toEqual([['euro', '100', 'EUR']]);
    expect(await report('only=channel:euro')).toEqual([['euro', '100', 'EUR']]);
    expect(await report('to=2026-02-01')).toEqual([]);
  });

  it('a rate of a later day, or of the pair turned round, is none', async () => {
    await set('GBP/EUR', '2026-01-01', '1.15');
    await set('USD/EUR', '2026-02-16', '0.9');
    await set('EUR/USD', '2026-01-01', '1.1');
    expect((await service.ask('/v1/credit?currency=EUR')).body).toMatchObject({
      detail: 'There is no rate for USD/EUR at 2026-02-15 (1 deal).',
    });
  });

  it('I2: with rates it is answered; what nobody knows is a row of its own, never 0', async () => {
    await set('USD/EUR', '2026-02-15', '0.925');
    expect(await report('')).toEqual([
      ...[
        ['pound', '115', 'EUR'],
        ['euro', '100', 'EUR'],
        ['buck', '93', 'EUR'],
        ['dollar', '90', 'EUR'],
      ],
      ...[
        ['nameless', '7', null],
        ['unknown', null, null],
      ],
    ]);
    // a close that nobody dated has no rate: what it is worth is not known
    const { unattributed } = await service.get('/v1/credit?models=linear&currency=EUR');
    expect(unattributed).toMatchObject([{ currency: null, models: { linear: { amount: null } } }]);
    const { body } = await service.ask('/v1/credit/opportunities/undated?currency=EUR');
    expect(body).toMatchObject({ amount: null, currency: null, rate: null });
    const francs = await service.get('/v1/credit?models=linear&currency=CHF&only=account:undated');
    expect(francs).toMatchObject({
      unattributed: [{ currency: 'CHF', models: { linear: { amount: '100' } } }],
    });
  });

  it('pipeline is converted at the instant asked for, before it is weighed by its stage', async () => {
    await set('USD/EUR', '2026-03-05', '1.4');
    await set('USD/EUR', '2026-03-06', '5');
    const data = { rule: 'linear', stageProbabilities: { stages: {}, other: '0.4' } };
    await service.ask('/v1/attribution-models/likely/define', 'POST', { data });
    const { total } = await service.get('/v1/credit?measure=pipeline&models=linear,likely&currency=EUR');
    // 3 × 1.4 is 4, of which 0.4 are 2; the other way round it would be 1
    expect(total).toMatchObject([
      { currency: 'EUR', models: { linear: { amount: '4' }, likely: { amount: '2' } } },
    ]);
    const { body } = await service.ask('/v1/credit/opportunities/open?currency=EUR');
    expect(body).toMatchObject({ amount: '4', rate: { day: '2026-03-05' } });
    const { items } = await service.get('/v1/paths?outcome=open&currency=EUR');
    expect(items).toMatchObject([{ amount: '4', currency: 'EUR' }]);
  });

  it('a rate that was taken back is missing again, unless a day before has one', async () => {
    const query = '/v1/credit?models=linear&currency=EUR&only=account:pound';
    const withdraw = (day: string) =>
      service.ask('/v1/exchange-rates/GBP/EUR/withdraw', 'POST', { data: { day } });
    await set('GBP/EUR', '2026-02-01', '11.5');
    expect(await report('only=account:pound')).toEqual([['pound', '1150', 'EUR']]);
    await withdraw('2026-02-01');
    expect(await report('only=account:pound')).toEqual([['pound', '115', 'EUR']]);
    await withdraw('2026-01-01');
    expect((await service.ask(query)).body).toMatchObject({
      ...{ code: 'missing-rate', detail: 'There is no rate for GBP/EUR at 2026-02-01 (1 deal).' },
    });
    await set('GBP/EUR', '2026-01-01', '1.15');
  });

  it('a code that is no currency is refused as one', async () => {
    expect(await service.ask('/v1/credit?currency=EURO')).toMatchObject({
      ...{ status: 422, body: { field: 'currency', detail: expect.stringContaining('like EUR') } },
    });
  });
});
