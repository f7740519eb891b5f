import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { answered } from './snapshot.query.ts';

/** Six thousand won deals with five touches each, as credit would leave them, under one model. */
const rows = [
  `insert into evidence.opportunity (opportunity, account, status, amount, currency, opened_at, opened_precision,
                                     reopened, closed_at, closed_precision, closed_event, contacts, contributors)
   select 'd-' || n, 'a-' || n % 900, 'won', 1000 + n, (array['EUR', 'USD', 'JPY'])[1 + n % 3], '2026-01-01', 'instant',
          '[]', '2026-03-01', 'instant', gen_random_uuid(), '[]', '[]' from generate_series(1, 6000) n`,
  `insert into evidence.touch (event_id, occurred_at, occurred_precision, kind, type, channel, opportunity)
   select md5(n || ' ' || place)::uuid, timestamptz '2026-02-01' + place * interval '1 day', 'instant', 'activity',
          'visit', (array['ads', 'email', 'fair'])[1 + (n + place) % 3], 'd-' || n
     from generate_series(1, 6000) n, generate_series(1, 5) place`,
  `insert into deal (opportunity, outcome, account, amount, currency, opened_at, closed_at, said)
   select opportunity, status, account, amount, currency, opened_at, closed_at, '{}' from evidence.opportunity`,
  `insert into deal_touch (opportunity, place, touch)
   select opportunity, row_number() over (partition by opportunity order by occurred_at), event_id from evidence.touch`,
  `insert into credit (opportunity, model, model_version, event_id, outcome, amount, currency, unattributed_weight,
                       unattributed_amount, said)
   select opportunity, 'linear', 1, gen_random_uuid(), 'won', amount, currency, 0, 0, '{}' from deal`,
  `insert into credit_share (opportunity, model, touch, weight, amount)
   select opportunity, 'linear', touch, 200000, div(amount, 5) + case when place <= amount % 5 then 1 else 0 end
     from credit join deal_touch using (opportunity)`,
];

let service: RunningAttribution;
beforeAll(async () => {
  service = await runningAttribution({ now: () => new Date('2026-04-01T00:00:00Z') });
  for (const statement of rows) await service.database.query(statement);
  for (const [from, rate] of [
    ['USD', '0.9'],
    ['JPY', '0.0061'],
  ]) {
    const data = { day: '2026-01-01', rate };
    const { status } = await service.ask(`/v1/exchange-rates/${from}/EUR/set`, 'POST', { data });
    expect(status).toBe(200);
  }
});
afterAll(() => service.stop());

type Models = Readonly<Record<string, { readonly amount: string }>>;
interface Sum {
  readonly currency: string;
  readonly amount?: string;
  readonly models?: Models;
}
interface Answer {
  readonly items: readonly { readonly key: { readonly channel: string }; readonly models: Models }[];
  readonly total: readonly Sum[];
}
const entries = (query: string) => service.get<Answer>(`/v1/credit/entries?${query}`);

describe('of six thousand deals', () => {
  it('entries in one currency are answered, and sum to what the report says', async () => {
    const report = await service.get<Answer>('/v1/credit?models=linear&currency=EUR');
    expect(report.items).toHaveLength(3);
    for (const { key, models } of report.items) {
      const { total } = await entries(`model=linear&currency=EUR&only=channel:${key.channel}`);
      expect(total).toMatchObject([{ currency: 'EUR', amount: models['linear']?.amount }]);
    }
    const all = await entries('model=linear&currency=EUR&limit=50');
    expect(all.items).toHaveLength(50);
    expect(all.total).toMatchObject([
      { entries: 30_000, amount: report.total[0]?.models?.['linear']?.amount },
    ]);
    const dated = await entries('model=linear&currency=EUR&date=touch&from=2026-02-02&to=2026-02-04');
    expect(dated.total).toMatchObject([{ entries: 12_000, opportunities: 6_000 }]);
  });

  it('credit by deal under a snapshot is, with and without a currency', async () => {
    const data = { rule: 'shapley', currency: 'EUR' };
    expect((await service.ask('/v1/snapshots', 'POST', data)).status).toBe(201);
    for (const currency of ['', '&currency=EUR']) {
      const report = await service.get<Answer>(`/v1/credit?snapshot=shapley/1${currency}`);
      const { total } = await entries(`snapshot=shapley/1${currency}`);
      const sums = (of: (sum: Sum) => string | undefined, from: readonly Sum[]) =>
        from.map((it) => `${it.currency} ${of(it)}`).sort();
      expect(sums(({ amount }) => amount, total)).toEqual(
        sums(({ models }) => models?.['shapley-by-deal']?.amount, report.total),
      );
    }
  });
});

it('a question that takes too long ends in the server, and says how to ask less', async () => {
  const question = answered(service.database, (db) => db.query('select pg_sleep(60) as of_reports'), 0.1);
  await expect(question).rejects.toMatchObject({
    described: { status: 422, remedy: expect.stringContaining('Narrow it') },
  });
  const { rows: running } = await service.database.query(
    `select 1 from pg_stat_activity where state = 'active' and query like '%as of_reports%' and pid <> pg_backend_pid()`,
  );
  expect(running).toEqual([]);
});
