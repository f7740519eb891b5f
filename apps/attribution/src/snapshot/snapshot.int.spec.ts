import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fromRecord, isEvent } from '@throughline/contracts';
import { readAll } from '@throughline/log';
import { eventually } from '@throughline/log/testing';
import { runningAttribution, type Answer, type RunningAttribution } from '../testing/running-attribution.ts';
import { decided, opened, touch, won } from '../testing/story.ts';

let service: RunningAttribution;
let deals = 0;
let now = new Date('2026-06-01T00:00:00.000Z');

/** One deal with these channels on its path. */
function journey(path: string, outcome: 'won' | 'lost' | 'open', day: string, amount = 100_00) {
  deals += 1;
  const deal = `d-${deals}`;
  const touches = path
    .split('>')
    .map((channel, at) => touch(`${deal}-touch-${at}`, `2026-01-0${at + 1}`, { channel, account: deal }));
  const lost = { reason: null, note: null, by: null };
  return [
    ...[...touches, opened(deal, '2026-01-01', deal)],
    ...(outcome === 'won' ? [won(deal, 2, day, amount)] : []),
    ...(outcome === 'lost' ? [decided('opportunity.lost', deal, 2, day, lost)] : []),
  ];
}

beforeAll(async () => {
  service = await runningAttribution({ now: () => now });
  // the graph of Anderl as coded by Bryl': P = 1/3, removal effects 1/2, 1, 1, shares 1/5, 2/5, 2/5
  await service.send(
    ...journey('c1>c2>c3', 'won', '2026-02-01'),
    ...[...journey('c1', 'lost', '2026-02-01'), ...journey('c2>c3', 'lost', '2026-02-01')],
    ...[...journey('c1>c3', 'open', ''), ...journey('c1', 'won', '2026-05-01', 50_00)],
  );
  await service.settled();
});
afterAll(() => service.stop());

const take = (body: object) => service.ask('/v1/snapshots', 'POST', body);
const asOf = '2026-03-01T00:00:00Z';

describe('a snapshot of a data-driven model', () => {
  it('is solved exactly, open deals censored, and said on the log', async () => {
    const { status, body } = await take({ rule: 'markov', asOf });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        ...{ model: 'markov-1', number: 1, currency: 'EUR' },
        journeys: { won: 1, lost: 2, open: 2, withoutAmount: 0, otherCurrency: 0 },
        weights: [
          { channel: 'c1', weight: '0.5', conversions: '0.2', value: 20_00 },
          { channel: 'c2', weight: '1', conversions: '0.4', value: 40_00 },
          { channel: 'c3', weight: '1', conversions: '0.4', value: 40_00 },
        ],
        totals: { conversions: '1', value: 100_00 },
      },
    });
    while ((await service.workers.relay.runOnce()) > 0);
    const events = [];
    for await (const { records } of readAll(service.log, 'journey.attribution'))
      events.push(...records.map(fromRecord).filter((event) => isEvent(event, 'credit.snapshot-taken')));
    expect(events).toMatchObject([{ key: 'markov-1', id: body['eventId'], data: { number: 1 } }]);
  });

  it('is numbered, and stays as it was taken when more is known', async () => {
    const first = await service.get('/v1/snapshots/markov-1/1');
    const second = (await take({ rule: 'markov' })).body;
    expect(second).toMatchObject({ number: 2, journeys: { won: 2 } });
    expect(await service.get('/v1/snapshots/markov-1/1')).toEqual(first);
    expect((await take({ rule: 'shapley', asOf })).body).toMatchObject({
      weights: [{ conversions: '0.333333333334' }, { value: 33_33 }, { value: 33_33 }],
    });
  });

  it('is credited deal by deal beside rule models, which opens like every figure', async () => {
    const report = await service.get('/v1/credit?snapshot=markov-1/1&models=linear&group=channel');
    expect(report['models']).toEqual(['linear', 'markov-1-by-deal']);
    const amounts = report.items.map((it) => (it['models'] as Answer)['markov-1-by-deal']);
    expect(amounts).toMatchObject([{ amount: '2000' }, { amount: '4000' }, { amount: '4000' }]);
    const entries = await service.get('/v1/credit/entries?snapshot=markov-1/1&only=channel:c1');
    expect(entries).toMatchObject({
      items: [{ opportunity: 'd-1', amount: '2000' }],
      total: [{ amount: '2000' }],
    });
  });

  it('I8: no model can take its name, and one that has it is never counted with it', async () => {
    const name = 'markov-1-by-deal';
    const define = await service.ask(`/v1/attribution-models/${name}/define`, 'POST', {
      data: { rule: 'first' },
    });
    expect(define).toMatchObject({
      ...{ status: 409, body: { code: 'model-id-unfit', field: 'id', remedy: expect.any(String) } },
    });
    await service.database.query(
      `insert into model_definition select $1, 1, gen_random_uuid(), null, said || jsonb_build_object('model', $1::text)
         from model_definition where model = 'first'`,
      [name],
    );
    await service.ask('/v1/credit/recompute', 'POST', { reason: 'a model from before' });
    await eventually('its credit', async () => {
      const { items } = await service.get(`/v1/credit?models=${name}`);
      return items.length > 0;
    });
    const own = await service.get('/v1/credit?snapshot=markov-1/1');
    expect([own['models'], own['total']]).toMatchObject([
      [name],
      [{ models: { [name]: { amount: '10000', deals: '1.000000' } } }],
    ]);
    expect((await service.get('/v1/credit/entries?snapshot=markov-1/1'))['total']).toMatchObject([
      { amount: '10000', opportunities: 1 },
    ]);
    expect(await service.ask(`/v1/credit?snapshot=markov-1/1&models=${name}`)).toMatchObject({
      ...{ status: 422, body: { field: 'models', remedy: expect.any(String) } },
    });
  });

  it('is ordered Shapley too: weights by channel and place, deals credited by their own places', async () => {
    const { status, body } = await take({ rule: 'shapley-ordered' });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        ...{ model: 'shapley-ordered', number: 1, parameters: { places: '50' }, journeys: { won: 2 } },
        weights: [
          { channel: 'c1', places: [{ place: 1, conversions: '1.333333333334', value: 83_34 }] },
          { channel: 'c2', places: [{ place: 2, conversions: '0.333333333333', value: 33_33 }] },
          { channel: 'c3', places: [{ place: 3, conversions: '0.333333333333', value: 33_33 }] },
        ],
        totals: { conversions: '2', value: 150_00 },
      },
    });
    const report = await service.get('/v1/credit?snapshot=shapley-ordered/1&group=opportunity,channel');
    const amounts = report.items.map(({ key, models }) => [
      key,
      (models as Answer)['shapley-ordered-by-deal'],
    ]);
    // d-1 is c1 > c2 > c3: 4/3, 1/3, 1/3 of 2; d-5 is c1 alone
    expect(amounts).toMatchObject([
      [{ opportunity: 'd-1', channel: 'c1' }, { amount: '6667' }],
      [{ opportunity: 'd-5', channel: 'c1' }, { amount: '5000' }],
      [{ opportunity: 'd-1', channel: 'c2' }, { amount: '1667' }],
      [{ opportunity: 'd-1', channel: 'c3' }, { amount: '1666' }],
    ]);
    expect(report['total']).toMatchObject([{ models: { 'shapley-ordered-by-deal': { amount: '15000' } } }]);
  });

  it('is general Shapley of a game: exact, whole, negative where a channel goes with losses', async () => {
    const taken = await take({ rule: 'shapley-general', asOf });
    // rates: {c1} 0, {c2,c3} 0, {c1,c2,c3} 1/3, all others nothing
    expect(taken.body).toMatchObject({
      ...{ model: 'shapley-general-rate', parameters: { game: 'rate', method: 'exact' } },
      weights: [
        { channel: 'c1', weight: '0.111111111111', conversions: '0.333333333334', value: 33_34 },
        { channel: 'c2', weight: '0.111111111111' },
        { channel: 'c3', weight: '0.111111111111' },
      ],
    });
    expect((taken.body['weights'] as object[])[0]).not.toHaveProperty('standardError');
    const later = (await take({ rule: 'shapley-general' })).body;
    // {c1} 1/2, {c1,c2} 1/2, {c1,c3} 1/2, all 2/4; of value a journey 2500, 2500, 2500, 3750
    expect(later).toMatchObject({
      weights: [
        { channel: 'c1', weight: '0.5', conversions: '2', value: 116_67 },
        { channel: 'c2', weight: '0', conversions: '0', value: 16_67 },
        { channel: 'c3', weight: '0', conversions: '0', value: 16_66 },
      ],
    });
    const conversions = (await take({ rule: 'shapley-general', game: 'conversions' })).body;
    const simplified = (await take({ rule: 'shapley' })).body;
    expect(conversions['weights']).toEqual(simplified['weights']);
    const credited = await service.get('/v1/credit?snapshot=shapley-general-rate/2');
    expect(credited['total']).toMatchObject([
      { models: { 'shapley-general-rate-by-deal': { amount: '15000' } } },
    ]);
  });

  it('refuses settings of another rule, naming them, and is the same again under its key, whenever it is sent', async () => {
    for (const [body, field] of [
      [{ rule: 'shapley', order: 2 }, '/order'],
      [{ rule: 'markov', seed: 1 }, '/seed'],
      [{ rule: 'shapley-general', lost: 'without' }, '/lost'],
      [{ rule: 'shapley-general', game: 'poker' }, '/game'],
      [{ rule: 'shapley-general', permutations: 1 }, '/permutations'],
      [{ rule: 'shap' }, '/rule'],
    ] as const)
      expect(await take(body)).toMatchObject({ status: 422, body: { field, remedy: expect.any(String) } });
    const send = (body: object) =>
      fetch(new URL('/v1/snapshots', service.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'snap-1' },
        body: JSON.stringify(body),
      });
    const first = await (await send({ rule: 'shapley-ordered' })).json();
    now = new Date('2026-06-02T00:00:00.000Z');
    expect(await (await send({ rule: 'shapley-ordered' })).json()).toEqual(first);
    expect((await send({ rule: 'shapley' })).status).toBe(409);
  });

  it('two rules at once under one key: the one is taken, the other refused', async () => {
    for (let round = 0; round < 10; round += 1) {
      const send = async (rule: string) => {
        const response = await fetch(new URL('/v1/snapshots', service.url), {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': `both-${round}` },
          body: JSON.stringify({ rule, asOf }),
        });
        return { status: response.status, body: (await response.json()) as Answer };
      };
      const both = await Promise.all([send('markov'), send('shapley')]);
      const [taken, refused] = both.toSorted((a, b) => a.status - b.status);
      expect(taken?.status).toBe(201);
      expect(refused).toMatchObject({ status: 409, body: { code: 'idempotency-conflict' } });
    }
  });

  it('is of no later instant than now', async () => {
    expect(await take({ rule: 'markov', asOf: '2099-01-01T00:00:00Z' })).toMatchObject({
      ...{ status: 422, body: { field: '/asOf', remedy: expect.any(String) } },
    });
  });

  it('refuses an unknown snapshot, and pipeline', async () => {
    expect(await service.ask('/v1/credit?snapshot=markov-1/99')).toMatchObject({ status: 404 });
    expect(await service.ask('/v1/credit?snapshot=markov-1')).toMatchObject({ status: 422 });
    expect(await service.ask('/v1/credit?snapshot=markov-1/1&measure=pipeline')).toMatchObject({
      status: 422,
    });
    expect(await service.ask('/v1/credit/entries')).toMatchObject({ status: 422, body: { field: 'model' } });
  });
});

describe('deals as of an instant', () => {
  let other: RunningAttribution;
  beforeAll(async () => {
    other = await runningAttribution({ now: () => new Date('2026-06-01T00:00:00.000Z') });
    const dayOnly = { ...won('day', 2, '2026-02-10', 900), precision: 'day' as const };
    await other.send(
      touch('u', '2026-01-01', { account: 'u', channel: 'c' }),
      ...[opened('undated', '2026-01-01', 'u'), won('undated', 2, null, 700)],
      touch('late', '2026-02-10T15:00:00Z', { account: 'day', channel: 'late-in-the-day' }),
      ...[opened('day', '2026-01-01', 'day'), dayOnly],
    );
    await other.settled();
  });
  afterAll(() => other.stop());
  const taken = async (body: object) => (await other.ask('/v1/snapshots', 'POST', body)).body;

  it('a close known to the day is at its end, and one that nobody dated counts', async () => {
    const morning = await taken({ rule: 'shapley', asOf: '2026-02-10T09:00:00Z' });
    expect(morning).toMatchObject({ journeys: { won: 1, open: 1 }, weights: [{ channel: 'c' }] });
    const next = await taken({ rule: 'shapley', asOf: '2026-02-11T00:00:00Z' });
    expect(next).toMatchObject({ journeys: { won: 2, open: 0 }, totals: { conversions: '2', value: 1600 } });
  });

  it('deal by deal it is of the same deals, where one of no known date is nobody’s', async () => {
    const by = async (number: number) =>
      (await other.get(`/v1/credit?snapshot=shapley/${number}`))['total'] as object[];
    expect(await by(1)).toMatchObject([{ models: { 'shapley-by-deal': { amount: '700' } } }]);
    expect(await by(2)).toMatchObject([{ models: { 'shapley-by-deal': { amount: '1600' } } }]);
  });

  it('what cannot be said is refused as what it is, no fault of the sender', async () => {
    const most = Number.MAX_SAFE_INTEGER;
    const huge = (deal: string) => [
      touch(`${deal}-t`, '2026-01-02', { account: deal, channel: 'c' }),
      ...[opened(deal, '2026-01-01', deal), won(deal, 2, '2026-03-01', most)],
    ];
    await other.send(...huge('h-1'), ...huge('h-2'), ...huge('h-3'));
    await other.settled();
    expect(await other.ask('/v1/snapshots', 'POST', { rule: 'markov' })).toMatchObject({
      ...{ status: 409, body: { code: 'snapshot-unsayable', remedy: expect.any(String) } },
    });
    const { items } = await other.get('/v1/snapshots');
    expect(items).toHaveLength(2);
  });

  it('so is one of more channels than it can say', async () => {
    await other.send(
      ...['h-1', 'h-2', 'h-3'].map((deal) => won(deal, 3, '2026-03-01', 5)),
      ...Array.from({ length: 1_001 }, (_, at) =>
        touch(`w-${at}`, '2026-01-02', { account: `w-${at % 3}`, channel: `channel-${at}` }),
      ),
      ...['w-0', 'w-1', 'w-2'].flatMap((deal) => [
        opened(deal, '2026-01-01', deal),
        won(deal, 2, '2026-03-01', 100),
      ]),
    );
    await other.settled();
    expect(await other.ask('/v1/snapshots', 'POST', { rule: 'shapley' })).toMatchObject({
      ...{ status: 409, body: { code: 'snapshot-unsayable', detail: expect.stringContaining('channels') } },
    });
  });
});
