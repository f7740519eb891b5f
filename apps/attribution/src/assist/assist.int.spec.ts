import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sampleEvent } from '@throughline/contracts';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { decided, opened, touch, won } from '../testing/story.ts';

let service: RunningAttribution;
beforeAll(async () => {
  service = await runningAttribution({ now: () => new Date('2026-04-01T00:00:00Z') });
  const at = (account: string, day: string, more: object) =>
    touch(`${account}-${day}`, day, { account, ...more });
  const fair = { team: 'marketing', campaign: 'fair', channel: 'event', actor: 'mia' } as const;
  const mail = { team: 'marketing', campaign: 'spring', channel: 'email' } as const;
  const call = { team: 'sales', channel: 'phone', actor: 'sam' } as const;
  await service.send(
    sampleEvent('member.described', {
      sourceId: 'mia',
      data: { member: 'mia', function: 'marketing', name: null, manager: null },
    }),
    sampleEvent('campaign.spend-recorded', {
      sourceId: 'spend-1',
      data: { campaign: 'spring', amount: { amount: 20_00, currency: 'EUR' }, period: null },
    }),
    ...[at('a', '2026-01-01', fair), at('a', '2026-01-02', mail), at('a', '2026-01-03', call)],
    ...[opened('won-1', '2026-01-02', 'a'), won('won-1', 2, '2026-02-01', 90_00)],
    ...[at('b', '2026-01-01', mail), at('b', '2026-01-02', mail), opened('lost-1', '2026-01-02', 'b')],
    decided('opportunity.lost', 'lost-1', 2, '2026-02-02', { reason: null, note: null, by: null }),
    ...[at('c', '2026-01-01', mail)],
    decided('opportunity.opened', 'open-1', 1, '2026-01-05', {
      account: 'c',
      leads: [],
      amount: { amount: 70_00, currency: 'EUR' },
    }),
  );
});
afterAll(() => service.stop());

describe('the assist', () => {
  it('practice 51: sourced, assisted and closed by channel, with lost deals as control', async () => {
    const { items, total } = await service.get('/v1/assists?by=channel');
    const none = { deals: 0, sourced: 0, assisted: 0, closed: 0 };
    expect(items).toEqual([
      {
        subject: 'email',
        won: { ...none, deals: 1, assisted: 1 },
        lost: { deals: 1, sourced: 1, assisted: 1, closed: 1 },
      },
      { subject: 'event', won: { ...none, deals: 1, sourced: 1, assisted: 1 }, lost: none },
      { subject: 'phone', won: { ...none, deals: 1, closed: 1 }, lost: none },
    ]);
    expect(total).toEqual({ won: 1, lost: 1, untouched: 0 });
  });

  it('by member; of whom nobody is known stays nobody', async () => {
    const { items } = await service.get('/v1/assists?by=member');
    expect(items.map(({ subject }) => subject)).toEqual(['mia', 'sam', null]);
  });

  it('practice 52: a win names who had part on both sides, not the closer alone', async () => {
    const { items } = await service.get('/v1/recognition');
    expect(items).toMatchObject([
      {
        ...{ opportunity: 'won-1', closer: 'seller-1', amount: '9000' },
        marketing: [
          { member: 'mia', sourced: true },
          { member: null, campaign: 'spring', assisted: true },
        ],
        sales: [{ member: 'sam', closed: true }],
      },
    ]);
  });

  it('what a campaign gave for what it cost, under each model; unknown cost is not 0', async () => {
    const { items } = await service.get('/v1/campaigns/return?models=first,linear');
    expect(items).toMatchObject([
      { campaign: 'fair', spend: null, cost: 'unknown', revenue: { first: { amount: '9000' } } },
      {
        ...{ campaign: 'spring', spend: '2000', cost: 'known' },
        ...{ revenue: { linear: { amount: '3000' } }, pipeline: { linear: { amount: '7000' } } },
        perUnit: { first: '0.000000', linear: '1.500000' },
      },
    ]);
  });

  it('spend falls into windows by the days of its period, to the cent', async () => {
    await service.send(
      sampleEvent('campaign.spend-recorded', {
        sourceId: 'spend-quarter',
        data: {
          ...{ campaign: 'quarter', amount: { amount: 1000, currency: 'EUR' } },
          period: { from: '2026-01-01', to: '2026-03-31' },
        },
      }),
      sampleEvent('campaign.spend-recorded', {
        sourceId: 'spend-undated',
        ...{ occurredAt: '2026-02-01T12:00:00.000Z', precision: 'instant' as const },
        data: { campaign: 'moment', amount: { amount: 7, currency: 'EUR' }, period: null },
      }),
    );
    const spend = async (campaign: string, query: string) => {
      const { items } = await service.get(`/v1/campaigns/return?models=first&${query}`);
      return items.find((it) => it['campaign'] === campaign)?.['spend'] ?? null;
    };
    const within = (from: string, to: string) => spend('quarter', `from=${from}&to=${to}`);
    // 31, 28 and 31 days of 90
    expect(await within('2026-01-01', '2026-02-01')).toBe('344');
    expect(await within('2026-02-01', '2026-03-01')).toBe('311');
    expect(await within('2026-03-01', '2026-04-01')).toBe('345');
    expect(await spend('quarter', 'from=2026-02-01')).toBe('656');
    expect(await spend('quarter', '')).toBe('1000');
    // 04:30 UTC of the first of April: no day of the period begins from then on
    expect(await within('2026-03-31T23:30:00-05:00', '2026-05-01')).toBeNull();
    expect(await spend('moment', 'from=2026-02-01T12:00:00Z&to=2026-02-02')).toBe('7');
    expect(await spend('moment', 'from=2026-02-01T12:00:01Z&to=2026-02-02')).toBeNull();
  });

  it('pipeline is asked and opened like revenue', async () => {
    const report = await service.get('/v1/credit?measure=pipeline&models=last');
    expect(report).toMatchObject({
      items: [{ key: { channel: 'email' }, models: { last: { amount: '7000' } } }],
      total: [{ models: { last: { amount: '7000', deals: '1.000000' } } }],
    });
    const entries = await service.get('/v1/credit/entries?measure=pipeline&model=last&only=channel:email');
    expect(entries).toMatchObject({ items: [{ opportunity: 'open-1' }], total: [{ amount: '7000' }] });
  });

  it('the first page of wins in one currency asks for the rates of all, so that a walk does not end in its middle', async () => {
    const amount = { amount: 5_00, currency: 'USD' };
    await service.send(
      opened('abroad', '2025-12-01', 'd'),
      decided('opportunity.won', 'abroad', 2, '2025-12-24', { amount, contributors: null, by: null }),
    );
    const wins = '/v1/recognition?limit=1&currency=EUR';
    expect(await service.ask(wins)).toMatchObject({
      ...{
        status: 422,
        body: { code: 'missing-rate', detail: expect.stringContaining('USD/EUR at 2025-12-24') },
      },
    });
    expect((await service.get(`${wins}&from=2026-01-01`)).items).toMatchObject([{ opportunity: 'won-1' }]);
    const data = { day: '2025-12-01', rate: '0.9' };
    expect((await service.ask('/v1/exchange-rates/USD/EUR/set', 'POST', { data })).status).toBe(200);
    const { items, next } = await service.get(wins);
    expect(items).toMatchObject([{ opportunity: 'won-1', amount: '9000' }]);
    const rest = await service.get(`${wins}&cursor=${next}`);
    expect(rest).toMatchObject({ items: [{ opportunity: 'abroad', amount: '450' }], next: null });
  });
});
