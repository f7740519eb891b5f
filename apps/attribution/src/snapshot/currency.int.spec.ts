import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { decided, opened, touch } from '../testing/story.ts';

let service: RunningAttribution;
const winning = (deal: string, channel: string, day: string | null, currency: string | null) => [
  touch(`touch of ${deal}`, '2026-01-05', { account: deal, channel }),
  opened(deal, '2026-01-01', deal),
  decided('opportunity.won', deal, 2, day, {
    ...{ amount: { amount: 100, currency }, contributors: null, by: null },
  }),
];
beforeAll(async () => {
  service = await runningAttribution({ now: () => new Date('2026-03-05T12:00:00.000Z') });
  await service.send(
    ...[...winning('a', 'ads', '2026-02-01', 'EUR'), ...winning('b', 'email', '2026-02-10', 'USD')],
    ...[...winning('c', 'email', '2026-02-20', 'USD'), ...winning('d', 'ads', null, 'USD')],
    ...winning('e', 'ads', '2026-02-20', null),
    ...[touch('touch of f', '2026-01-05', { account: 'f', channel: 'ads' }), opened('f', '2026-01-01', 'f')],
    decided('opportunity.lost', 'f', 2, '2026-02-01', { reason: null, note: null, by: null }),
  );
  await service.settled();
});
afterAll(() => service.stop());

const take = (body: object) => service.ask('/v1/snapshots', 'POST', { rule: 'shapley', ...body });
const set = (day: string, rate: string) =>
  service.ask('/v1/exchange-rates/USD/EUR/set', 'POST', { data: { day, rate } });

describe('a snapshot of deals in several currencies', () => {
  it('needs one to convert them to, and rates', async () => {
    expect(await take({})).toMatchObject({
      ...{
        status: 409,
        body: { code: 'currency-needed', remedy: expect.stringContaining('/set sets rates') },
      },
    });
    expect(await take({ currency: 'EUR' })).toMatchObject({
      status: 422,
      body: {
        ...{ code: 'missing-rate', field: 'currency' },
        detail: 'There is no rate for USD/EUR at 2026-02-10 (2 deals).',
        remedy: expect.stringContaining('or ask as of an earlier instant.'),
      },
    });
    expect(await take({ currency: 'EURO' })).toMatchObject({ status: 422, body: { field: '/currency' } });
  });

  it('converts at the close, says by which rates, and counts what nobody knows without value', async () => {
    for (const [day, rate] of [
      ['2026-01-01', '0.9'],
      ['2026-02-15', '0.8'],
      ['2026-03-01', '7'],
    ] as const)
      await set(day, rate);
    const { status, body } = await take({ currency: 'EUR' });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        ...{ currency: 'EUR', totals: { conversions: '5', value: 100 + 90 + 80 } },
        journeys: { won: 5, lost: 1, open: 0, withoutAmount: 1, otherCurrency: 1 },
        rates: [
          { from: 'USD', to: 'EUR', day: '2026-01-01', rate: '0.9' },
          { from: 'USD', to: 'EUR', day: '2026-02-15', rate: '0.8' },
        ],
      },
    });
    const kept = await service.get<{ inputDigest: string }>('/v1/snapshots/shapley/1');
    expect(kept).toMatchObject({ rates: body['rates'], inputDigest: body['inputDigest'] });
  });

  it('the rates are part of its input: another rate is another digest, though it came to the same', async () => {
    const { body: before } = await take({ currency: 'EUR' });
    expect((await take({ currency: 'EUR' })).body['inputDigest']).toBe(before['inputDigest']);
    await set('2026-02-15', '0.801');
    const { body: after } = await take({ currency: 'EUR' });
    expect(after['totals']).toEqual(before['totals']);
    expect(after['inputDigest']).not.toBe(before['inputDigest']);
  });

  it('where one currency is all there is nothing is converted, and no rates are said', async () => {
    const asOf = '2026-02-05T00:00:00Z';
    await service.send(decided('opportunity.reopened', 'd', 3, '2026-03-01', {}));
    await service.settled();
    const [{ body: alone }, { body: named }] = [await take({ asOf }), await take({ asOf, currency: 'EUR' })];
    expect(alone).toMatchObject({ currency: 'EUR', totals: { value: 100 } });
    for (const snapshot of [alone, named]) expect(snapshot).not.toHaveProperty('rates');
    expect(named['inputDigest']).toBe(alone['inputDigest']);
  });

  it('I8: deal by deal it is asked in one currency too, beside rule models', async () => {
    const query = 'snapshot=shapley/1&models=linear&group=opportunity&currency=EUR';
    const { items, total } = await service.get<{ items: Row[]; total: Row[] }>(`/v1/credit?${query}`);
    const amounts = items.map(({ key, currency, models }) => [
      ...[key['opportunity'], currency, models['shapley-by-deal']?.amount, models['linear']?.amount],
    ]);
    expect(amounts).toEqual([
      ...[
        ['a', 'EUR', '100', '100'],
        ['e', null, '100', '100'],
      ],
      ...[
        ['b', 'EUR', '90', '90'],
        ['c', 'EUR', '80', '80'],
      ],
    ]);
    expect(total).toMatchObject([{ models: { linear: { amount: '270' } } }, { currency: null }]);
    const entries = await service.get('/v1/credit/entries?snapshot=shapley/1&currency=EUR');
    expect(entries['total']).toMatchObject([{ currency: 'EUR', amount: '270' }, { currency: null }]);
  });

  it('deal by deal is computed for so many deals only', async () => {
    // as one that is there, whatever else is kept of it
    await service.database.query(`
      insert into evidence.opportunity
      select many.* from evidence.opportunity o cross join generate_series(1, 10000) n
       cross join lateral jsonb_populate_record(o, jsonb_build_object('opportunity', 'many-' || n)) many
       where o.opportunity = 'a'`);
    await service.database.query(`
      insert into deal (opportunity, outcome, account, closed_at, said)
      select opportunity, 'won', 'many', '2026-02-05', '' from evidence.opportunity where opportunity like 'many-%'`);
    expect(await service.ask('/v1/credit?snapshot=shapley/1')).toMatchObject({
      status: 422,
      body: {
        ...{ code: 'parameter-invalid', field: 'only' },
        detail: 'Credit by deal under a snapshot is computed when asked, and 10004 won deals are too many.',
        remedy: expect.stringContaining('Narrow it to 10000 deals: by from and to'),
      },
    });
    const { items } = await service.get('/v1/credit?snapshot=shapley/1&from=2026-02-10&currency=EUR');
    expect(items).toMatchObject([
      { key: { channel: 'email' }, models: { 'shapley-by-deal': { amount: '170' } } },
      {},
    ]);
  });
});

interface Row {
  readonly key: Readonly<Record<string, string>>;
  readonly currency: string | null;
  readonly models: Readonly<Record<string, { readonly amount: string | null }>>;
}
