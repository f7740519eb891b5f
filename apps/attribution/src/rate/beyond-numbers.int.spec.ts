import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { decided, opened, touch } from '../testing/story.ts';

/** Euro cents; at 17,000 rupiah a euro it is more than a number is exact for. */
const MOST = Number.MAX_SAFE_INTEGER;
const RUPIAH = String(BigInt(MOST) * 17_000n);

let service: RunningAttribution;
beforeAll(async () => {
  service = await runningAttribution({ now: () => new Date('2026-03-05T12:00:00.000Z') });
  const amount = { amount: MOST, currency: 'EUR' };
  await service.send(
    ...[1, 2, 3].map((n) => touch(`t-${n}`, `2026-01-0${n}`, { account: 'huge', channel: `c-${n}` })),
    opened('huge', '2026-01-01', 'huge'),
    decided('opportunity.won', 'huge', 2, '2026-02-01', { amount, contributors: null, by: null }),
    decided('opportunity.opened', 'open', 1, '2026-01-10', {
      ...{ account: 'huge', leads: [], stage: null, amount },
    }),
  );
  await service.settled();
  const data = { day: '2026-01-01', rate: '17000' };
  await service.ask('/v1/exchange-rates/EUR/IDR/set', 'POST', { data });
});
afterAll(() => service.stop());

const refused = (deal: string) => ({
  status: 422,
  body: {
    ...{ code: 'parameter-invalid', field: 'currency' },
    detail: `${deal} is worth ${RUPIAH} minor units of IDR; credit is computed of ${MOST} at most.`,
  },
});

interface Breakdown {
  readonly amount: string;
  readonly models: readonly {
    readonly model: { readonly id: string };
    readonly amount: { readonly amount: string };
    readonly shares: readonly { readonly amount: string }[];
  }[];
}

describe('amounts that are more than a number is exact for', () => {
  it('I8: are told exactly, and every answer tells the same', async () => {
    const { total } = await service.get('/v1/credit?models=linear&currency=IDR');
    expect(total).toMatchObject([{ currency: 'IDR', models: { linear: { amount: RUPIAH } } }]);
    const wins = await service.get('/v1/recognition?currency=IDR');
    expect(wins.items).toMatchObject([{ amount: RUPIAH, currency: 'IDR' }]);
    const paths = await service.get('/v1/paths?currency=IDR');
    expect(paths.items).toMatchObject([{ amount: RUPIAH, currency: 'IDR' }]);

    const deal = await service.get<Breakdown>('/v1/credit/opportunities/huge?currency=IDR');
    const linear = deal.models.find(({ model: { id } }) => id === 'linear');
    expect([deal.amount, linear?.amount.amount]).toEqual([RUPIAH, RUPIAH]);
    const shares = linear?.shares.map(({ amount }) => amount) ?? [];
    expect(String(shares.reduce((sum, share) => sum + BigInt(share), 0n))).toBe(RUPIAH);
    const entries = await service.get('/v1/credit/entries?model=linear&currency=IDR');
    expect(entries.items.map(({ amount }) => amount).toSorted()).toEqual(shares.toSorted());
  });

  it('are not computed with: a snapshot, credit by deal under it and pipeline name the deal', async () => {
    const take = (currency: string) => service.ask('/v1/snapshots', 'POST', { rule: 'shapley', currency });
    expect(await take('IDR')).toMatchObject(refused('huge'));
    expect((await take('EUR')).status).toBe(201);
    expect(await service.ask('/v1/credit?snapshot=shapley/1&currency=IDR')).toMatchObject(refused('huge'));
    expect(await service.ask('/v1/credit?measure=pipeline&currency=IDR')).toMatchObject(refused('open'));
  });
});
