import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@throughline/log/testing';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { mendRates } from './mend-rates.ts';

let service: RunningAttribution;
const say = (pair: string, path: 'set' | 'withdraw', data: object) =>
  service.ask(`/v1/exchange-rates/${pair}/${path}`, 'POST', { data });
beforeAll(async () => {
  service = await runningAttribution();
  await say('USD/EUR', 'set', { day: '2026-02-01', rate: '0.9', by: 'member-1' });
  await say('USD/EUR', 'set', { day: '2026-03-01', rate: '0.91' });
  await say('USD/EUR', 'set', { day: '2026-03-01', rate: '0.92' });
  await say('JPY/KWD', 'set', { day: '2026-03-01', rate: '0.002' });
  await say('GBP/EUR', 'set', { day: '2026-03-01', rate: '11.5' });
  await say('GBP/EUR', 'withdraw', { day: '2026-03-01' });
});
afterAll(() => service.stop());

interface Proof {
  readonly equal: boolean;
  readonly rates: { readonly equal: boolean; readonly differing: readonly string[] };
}
async function verified(): Promise<Proof> {
  expect((await service.ask('/v1/credit/verify', 'POST')).status).toBe(202);
  await eventually('the end of it', async () => {
    const { body } = await service.ask('/v1/credit/verify');
    return body['state'] !== 'running';
  });
  return (await service.ask('/v1/credit/verify')).body['result'] as unknown as Proof;
}
const rows = async () =>
  (
    await service.database.query(
      'select r.*, trim_scale(factor) as factor from exchange_rate r order by 1, 2, 3',
    )
  ).rows;
const events = async () => (await service.database.query('select event_id from event')).rowCount;
const asItWas = { equal: true, rates: { equal: true, differing: [] } };
const ofMarch = `where day = '2026-03-01' and from_currency = 'USD'`;

describe('the proof of exchange rates', () => {
  it('finds nothing where all are as they were said', async () => {
    expect(await verified()).toMatchObject(asItWas);
    expect(await rows()).toHaveLength(3);
  });

  it.each([
    ['a rate', `update exchange_rate set rate = '0.93', factor = 0.93 ${ofMarch}`, ['USD/EUR 2026-03-01']],
    [
      'the factor of minor units alone',
      `update exchange_rate set factor = factor + 0.0000000000000001 where to_currency = 'KWD'`,
      ['JPY/KWD 2026-03-01'],
    ],
    ['who set it', `update exchange_rate set set_by = 'x' ${ofMarch}`, ['USD/EUR 2026-03-01']],
    ['its event', `update exchange_rate set event_id = gen_random_uuid() ${ofMarch}`, ['USD/EUR 2026-03-01']],
    [
      'its day',
      `update exchange_rate set day = '2026-03-02' ${ofMarch}`,
      ['USD/EUR 2026-03-01', 'USD/EUR 2026-03-02'],
    ],
    ['one that is gone', `delete from exchange_rate ${ofMarch}`, ['USD/EUR 2026-03-01']],
    [
      'all that are gone',
      `delete from exchange_rate`,
      ['JPY/KWD 2026-03-01', 'USD/EUR 2026-02-01', 'USD/EUR 2026-03-01'],
    ],
    [
      'one that was taken back',
      `insert into exchange_rate select 'GBP', 'EUR', day, rate, factor, set_by, set_at, gen_random_uuid()
         from exchange_rate ${ofMarch}`,
      ['GBP/EUR 2026-03-01'],
    ],
    [
      'one that nobody set, under the event of another',
      `with gone as (delete from exchange_rate ${ofMarch} returning *)
       insert into exchange_rate select 'AED', to_currency, day, rate, factor, set_by, set_at, event_id from gone`,
      ['AED/EUR 2026-03-01', 'USD/EUR 2026-03-01'],
    ],
  ])('I4: finds %s that was altered, and a recompute mends it without a word', async (_, altered, named) => {
    const [right, told] = [await rows(), await events()];
    await service.database.query(altered);
    expect(await verified()).toMatchObject({ equal: false, rates: { equal: false, differing: named } });
    const { body } = await service.ask('/v1/credit/recompute', 'POST', { reason: 'altered' });
    await eventually('the round', async () => (await service.workers.recomputing.open()) === 0);
    const { items } = await service.get('/v1/credit/recompute');
    expect(items[0]).toMatchObject({ id: body['id'], revised: named.length });
    expect(await rows()).toEqual(right);
    expect(await verified()).toMatchObject(asItWas);
    expect(await events()).toBe(told);
  });

  it('I4: what is set while rates are mended stands', async () => {
    const { database } = service;
    await database.query(`update exchange_rate set rate = '9' ${ofMarch}`);
    const waiting = (n: number) =>
      eventually(`${n} who wait`, async () => {
        const { rows: found } = await database.query<{ n: number }>(
          `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return found[0]?.n === n;
      });
    const under = await database.transaction(async (tx) => {
      await tx.query(`select 1 from exchange_rate ${ofMarch} for update`);
      const setting = say('USD/EUR', 'set', { day: '2026-03-01', rate: '0.95' });
      await waiting(1);
      const mending = database.transaction((other) => mendRates(other));
      await waiting(2);
      return { setting, mending };
    });
    const [set, mended] = [await under.setting, await under.mending];
    expect([set.status, mended]).toEqual([200, 0]);
    expect((await service.get('/v1/exchange-rates?from=USD')).items[1]).toMatchObject({ rate: '0.95' });
    expect(await verified()).toMatchObject(asItWas);
  });
});
