import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { decided, touch } from '../testing/story.ts';
import type { ReportRow } from './credit-report.query.ts';

let service: RunningAttribution;

const open = (deal: string, stage: string | null, amount: number | null) => [
  touch(`${deal}-ads`, '2026-01-01', { channel: 'ads', account: deal }),
  touch(`${deal}-email`, '2026-01-02', { channel: 'email', account: deal }),
  decided('opportunity.opened', deal, 1, '2026-01-03', {
    ...{ account: deal, leads: [], stage },
    amount: amount === null ? null : { amount, currency: 'EUR' },
  }),
];

const stages = { 'd-1': 'proposal', 'd-2': 'discovery', 'd-3': 'legal', 'd-4': null, 'd-5': 'proposal' };

beforeAll(async () => {
  service = await runningAttribution({ now: () => new Date('2026-03-01T00:00:00.000Z') });
  await service.send(
    ...[...open('d-1', stages['d-1'], 100_01), ...open('d-2', stages['d-2'], 10_00)],
    ...[...open('d-3', stages['d-3'], 7_00), ...open('d-4', stages['d-4'], 3_00)],
    ...open('d-5', stages['d-5'], null),
  );
  await service.settled();
  await knowStages();
  for (const [model, more] of Object.entries({
    whole: {},
    likely: { stageProbabilities: { stages: { proposal: 0.5, discovery: '0.2' } } },
    careful: { stageProbabilities: { stages: { proposal: 0.5 }, other: 0 } },
  })) {
    const data = { rule: 'linear', ...more };
    expect((await service.ask(`/v1/attribution-models/${model}/define`, 'POST', { data })).status).toBe(200);
  }
});
afterAll(() => service.stop());

/** Puts stages beside the evidence, where it does not fold them itself. */
async function knowStages(): Promise<void> {
  const { rows } = await service.database.query<{ definition: string; known: boolean }>(
    `select pg_get_viewdef('evidence.opportunity'::regclass) as definition,
            exists (select 1 from information_schema.columns
                     where table_schema = 'evidence' and table_name = 'opportunity' and column_name = 'stage') as known`,
  );
  const [view] = rows;
  if (!view || view.known) return;
  await service.database.query(
    `create or replace view evidence.opportunity as
     select o.*, ('${JSON.stringify(stages)}'::jsonb) ->> o.opportunity as stage
       from (${view.definition.replace(/;\s*$/, '')}) o`,
  );
}

interface Report {
  readonly items: readonly ReportRow[];
  readonly total: readonly ReportRow[];
}
const pipeline = (query: string) => service.get<Report>(`/v1/credit?measure=pipeline&${query}`);
const amounts = (rows: readonly ReportRow[], model: string) =>
  Object.fromEntries(rows.map(({ key, models }) => [Object.values(key).join('/'), models[model]?.amount]));

describe('pipeline', () => {
  it('is the open amount × the probability of the stage, where the model says any; else the whole amount', async () => {
    const { items } = await pipeline('models=whole,likely,careful&group=opportunity');
    expect(amounts(items, 'whole')).toEqual({
      ...{ 'd-1': '10001', 'd-2': '1000', 'd-3': '700', 'd-4': '300', 'd-5': null },
    });
    // half a cent is rounded up; a stage that is not named, or not known, is as `other` says: 1 unless told
    expect(amounts(items, 'likely')).toEqual({
      ...{ 'd-1': '5001', 'd-2': '200', 'd-3': '700', 'd-4': '300', 'd-5': null },
    });
    expect(amounts(items, 'careful')).toEqual({
      ...{ 'd-1': '5001', 'd-2': '0', 'd-3': '0', 'd-4': '0', 'd-5': null },
    });
  });

  it('I8: opens to the deals it is the sum of, and counts a deal as a deal', async () => {
    const { items, total } = await pipeline('models=likely');
    const sum = items.reduce((so, { models }) => so + Number(models['likely']?.amount), 0);
    expect(sum).toBe(50_01 + 2_00 + 7_00 + 3_00);
    expect(total).toMatchObject([
      { models: { likely: { amount: '6201', deals: '4.000000' } } },
      { currency: null, models: { likely: { amount: null, deals: '1.000000' } } },
    ]);
    const entries = await service.get('/v1/credit/entries?measure=pipeline&model=likely&only=channel:ads');
    const [ads] = items.filter(({ key, currency }) => key['channel'] === 'ads' && currency !== null);
    expect(entries['total']).toContainEqual(
      expect.objectContaining({ currency: 'EUR', amount: ads?.models['likely']?.amount }),
    );
  });

  it('is narrowed to deals before it is computed, and refused where they are too many', async () => {
    const one = await pipeline('models=whole&only=opportunity:d-1&group=opportunity');
    expect(amounts(one.items, 'whole')).toEqual({ 'd-1': '10001' });
    const since = await pipeline('models=whole&date=created&from=2026-01-04');
    expect(since.items).toEqual([]);
    const { rows } = await service.database.query<{ n: number }>(
      `insert into deal (opportunity, outcome, account, said)
       select 'many-' || n, 'open', 'many', '' from generate_series(1, 2000) n returning 1 as n`,
    );
    expect(rows).toHaveLength(2000);
    expect(await service.ask('/v1/credit?measure=pipeline&models=whole')).toMatchObject({
      ...{ status: 422, body: { field: 'only', remedy: expect.stringContaining('date=created') } },
    });
    const narrow = await pipeline('models=whole&only=opportunity:d-1&group=opportunity');
    expect(narrow.items).toEqual(one.items);
    await service.database.query(`delete from deal where account = 'many'`);
  });
});
