import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fromRecord } from '@throughline/contracts';
import { readAll } from '@throughline/log';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';

let service: RunningAttribution;
beforeAll(async () => {
  service = await runningAttribution({ now: () => new Date('2026-03-02T08:00:00.000Z') });
});
afterAll(() => service.stop());

const set = (pair: string, day: string, rate: unknown, more: object = {}) =>
  service.ask(`/v1/exchange-rates/${pair}/set`, 'POST', { data: { day, rate, ...more } });
const withdraw = (pair: string, day: string, more: object = {}) =>
  service.ask(`/v1/exchange-rates/${pair}/withdraw`, 'POST', { data: { day, ...more } });

/** What the log has of a pair, in order. */
async function said(pair: string): Promise<unknown[]> {
  while ((await service.workers.relay.runOnce()) > 0);
  const found = [];
  for await (const { records } of readAll(service.log, 'journey.attribution'))
    found.push(...records.map(fromRecord).filter(({ key }) => key === pair));
  return found.map(({ name, data }) => ({ name, ...data }));
}

describe('exchange rates', () => {
  it('are said on the log, and of a day the last one stands', async () => {
    expect(await set('USD/EUR', '2026-03-01', '0.920', { by: 'member-1' })).toMatchObject({
      ...{ status: 200, body: { stream: 'USD/EUR', version: 1, after: null, replayed: false } },
    });
    await set('USD/EUR', '2026-02-01', '0.9');
    expect((await set('USD/EUR', '2026-03-01', '0.92')).body).toMatchObject({ version: 2, events: [] });
    await set('USD/EUR', '2026-03-01', '0.93');
    await set('JPY/EUR', '2026-03-01', '0.006');
    expect((await service.get('/v1/exchange-rates?from=USD')).items).toMatchObject([
      { from: 'USD', to: 'EUR', day: '2026-02-01', rate: '0.9', by: null },
      { day: '2026-03-01', rate: '0.93', setAt: '2026-03-02T08:00:00.000Z', eventId: expect.any(String) },
    ]);
    const name = 'exchange-rate.set';
    expect(await said('USD/EUR')).toEqual([
      { name, from: 'USD', to: 'EUR', day: '2026-03-01', rate: '0.92', by: 'member-1' },
      { name, from: 'USD', to: 'EUR', day: '2026-02-01', rate: '0.9', by: null },
      { name, from: 'USD', to: 'EUR', day: '2026-03-01', rate: '0.93', by: null },
    ]);
  });

  it('are listed by page', async () => {
    const first = await service.get('/v1/exchange-rates?limit=2');
    expect(first.items).toMatchObject([{ from: 'JPY' }, { from: 'USD', day: '2026-02-01' }]);
    const rest = await service.get(`/v1/exchange-rates?limit=2&cursor=${first.next}`);
    expect(rest).toMatchObject({ items: [{ from: 'USD', day: '2026-03-01' }], next: null });
    expect((await service.get('/v1/exchange-rates?to=GBP')).items).toEqual([]);
  });

  it('are kept by minor units: a yen has none, a Kuwaiti dinar three digits', async () => {
    await set('USD/KWD', '2026-03-01', '0.3075');
    await set('KWD/JPY', '2026-03-01', '486.123456789012');
    const { rows } = await service.database.query(
      `select from_currency || '/' || to_currency as pair, trim_scale(factor)::text as factor from exchange_rate
        where day = '2026-03-01' order by 1`,
    );
    expect(rows).toEqual([
      { pair: 'JPY/EUR', factor: '0.6' },
      { pair: 'KWD/JPY', factor: '0.486123456789012' },
      { pair: 'USD/EUR', factor: '0.93' },
      { pair: 'USD/KWD', factor: '3.075' },
    ]);
  });

  it('I1: the same key again gives the same answer, and sets nothing back', async () => {
    const send = (rate: string) =>
      fetch(new URL('/v1/exchange-rates/CHF/EUR/set', service.url), {
        ...{ method: 'POST', body: JSON.stringify({ data: { day: '2026-03-01', rate } }) },
        headers: { 'content-type': 'application/json', 'idempotency-key': 'rate-1' },
      });
    expect(await (await send('1.05')).json()).toMatchObject({ version: 1, replayed: false });
    await set('CHF/EUR', '2026-03-01', '1.06');
    expect(await (await send('1.05')).json()).toMatchObject({ version: 1, replayed: true });
    expect((await service.get('/v1/exchange-rates?from=CHF')).items).toMatchObject([{ rate: '1.06' }]);
    expect((await send('1.07')).status).toBe(409);
  });

  it('I3: set at the same moment each gets its place, and the row is what was said last', async () => {
    const rates = Array.from({ length: 20 }, (_, n) => `1.${n + 10}`);
    const answers = await Promise.all(rates.map((rate) => set('SEK/EUR', '2026-03-01', rate)));
    expect(answers.map(({ status }) => status)).toEqual(rates.map(() => 200));
    const told = (await said('SEK/EUR')) as { rate: string }[];
    expect(told.map(({ rate }) => rate).toSorted()).toEqual(
      rates.map((rate) => rate.replace(/0$/, '')).toSorted(),
    );
    const { items } = await service.get('/v1/exchange-rates?from=SEK');
    expect(items).toMatchObject([{ rate: told.at(-1)?.rate }]);
  });

  it('are taken back: the day before that has one counts again, and the log says so', async () => {
    await set('NOK/EUR', '2026-02-01', '0.085');
    await set('NOK/EUR', '2026-03-01', '0.85');
    const { status, body } = await withdraw('NOK/EUR', '2026-03-01', { by: 'member-1' });
    expect({ status, body }).toMatchObject({
      ...{ status: 200, body: { stream: 'NOK/EUR', version: 3, after: null, replayed: false } },
    });
    expect((await service.get('/v1/exchange-rates?from=NOK')).items).toMatchObject([
      { day: '2026-02-01', rate: '0.085' },
    ]);
    expect((await said('NOK/EUR')).at(-1)).toEqual({
      ...{ name: 'exchange-rate.withdrawn', from: 'NOK', to: 'EUR', day: '2026-03-01', by: 'member-1' },
    });
    expect((await withdraw('NOK/EUR', '2026-03-01')).body).toMatchObject({ version: 3, events: [] });
    expect((await withdraw('DKK/EUR', '2026-03-01')).body).toMatchObject({ events: [] });
    await set('NOK/EUR', '2026-03-01', '0.85');
    expect((await service.get('/v1/exchange-rates?from=NOK')).items).toHaveLength(2);
  });

  it('I1: what was taken back under a key is not taken back once more when it was set again', async () => {
    const send = (day: string) =>
      fetch(new URL('/v1/exchange-rates/NOK/EUR/withdraw', service.url), {
        ...{ method: 'POST', body: JSON.stringify({ data: { day } }) },
        headers: { 'content-type': 'application/json', 'idempotency-key': 'withdraw-1' },
      });
    expect(await (await send('2026-03-01')).json()).toMatchObject({ version: 5, replayed: false });
    await set('NOK/EUR', '2026-03-01', '0.086');
    expect(await (await send('2026-03-01')).json()).toMatchObject({ version: 5, replayed: true });
    expect((await service.get('/v1/exchange-rates?from=NOK')).items).toHaveLength(2);
    expect((await send('2026-02-01')).status).toBe(409);
  });

  it.each([
    ['EUR/EUR', '2026-03-01', 'to', 'Name two currencies'],
    ['USD/XXX', '2026-03-01', 'to', 'ISO 4217, like EUR'],
    ['USD/EUR', '2026-02-30', '/data/day', 'existing day, like 2026-03-01'],
  ])('%s %s taken back is refused, with field and remedy', async (pair, day, field, remedy) => {
    const { status, body } = await withdraw(pair, day);
    expect([status, body['field']]).toEqual([422, field]);
    expect(`${String(body['detail'])} ${String(body['remedy'])}`).toContain(remedy);
  });

  it('are sent again', async () => {
    const { status, body } = await service.ask('/v1/exchange-rates/USD%2FEUR/reemit', 'POST');
    expect([status, body]).toEqual([200, { records: 3 }]);
    expect(await said('USD/EUR')).toHaveLength(6);
  });

  it.each([
    ['EUR/EUR', '2026-03-01', '1', 'to', 'Name two currencies'],
    ['EURO/USD', '2026-03-01', '1', 'from', 'ISO 4217, like EUR'],
    ['USD/XXX', '2026-03-01', '1', 'to', 'ISO 4217, like EUR'],
    ['USD/EUR', '2026-02-30', '1', '/data/day', 'existing day, like 2026-03-01'],
    ['USD/EUR', '2026-03-01', '0', '/data/rate', 'above 0'],
    ['USD/EUR', '2026-03-01', '-0.92', '/data/rate', 'above 0'],
    ['USD/EUR', '2026-03-01', '0,92', '/data/rate', 'decimal number'],
    ['USD/EUR', '2026-03-01', 0.92, '/data/rate', 'Send it as string'],
    ['USD/EUR', '2026-03-01', '0.0000000000001', '/data/rate', '12 places at most'],
  ])('%s %s %s is refused, with field and remedy', async (pair, day, rate, field, remedy) => {
    const { status, body } = await set(pair, day, rate);
    expect([status, body['field']]).toEqual([422, field]);
    expect(`${String(body['detail'])} ${String(body['remedy'])}`).toContain(remedy);
  });
});
