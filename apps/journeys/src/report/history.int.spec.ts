import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningJourneys, runningJourneys } from '../testing/running-journeys.ts';
import { decision, type When } from '../testing/story.ts';

const usd = (amount: number | null) => (amount === null ? null : { amount, currency: 'USD' });
const opened = (id: string, when: When, stage: string | null, amount: number | null, more: object = {}) =>
  decision('opportunity.opened', id, 1, when, {
    ...{ account: null, leads: null, owner: 'm1', stage, product: null, closeDate: null, attributes: null },
    ...{ amount: usd(amount), ...more },
  });
const staged = (id: string, version: number, when: When, to: string) =>
  decision('opportunity.stage-changed', id, version, when, { from: null, to });
const lead = (id: string, when: When, more: object = {}) =>
  decision('lead.captured', id, 1, when, {
    person: null,
    account: null,
    touch: null,
    source: 'email',
    ...more,
  });

describe('R3 reports as of a date, on stages and by calendars, against figures worked out by hand', () => {
  let journeys: RunningJourneys;
  beforeAll(async () => {
    journeys = await runningJourneys('history');
    await journeys.send(
      opened('plain', '2026-01-05', 'a', 100, { leads: ['won'] }),
      decision('opportunity.amount-changed', 'plain', 2, '2026-02-01', { from: null, to: usd(250) }),
      staged('plain', 3, '2026-02-10', 'b'),
      decision('opportunity.owner-changed', 'plain', 4, '2026-02-15', { from: 'm1', to: 'm2' }),
      decision('opportunity.won', 'plain', 5, '2026-03-01T15:00', { amount: null }),
      opened('reopened', '2026-01-10', 'a', null),
      decision('opportunity.lost', 'reopened', 2, '2026-01-20', {}),
      decision('opportunity.reopened', 'reopened', 3, '2026-02-20', { stage: null }),
      opened('euro', '2026-01-01', 'a', 7, { amount: { amount: 7, currency: 'EUR' } }),
      staged('euro', 2, '2026-01-01', 'b'),
      staged('euro', 3, '2026-01-01', 'c'),
      opened('undated', null, 'a', 5),
      opened('undated-won', null, 'a', 5),
      decision('opportunity.won', 'undated-won', 2, '2026-02-01', { amount: null }),
      opened('undated-change', '2026-01-15', 'a', 1),
      staged('undated-change', 2, null, 'b'),
      lead('won', '2026-01-02'),
      lead('recycled', '2026-01-03'),
      decision('lead.qualified', 'recycled', 2, '2026-01-04', {}),
      decision('lead.offered', 'recycled', 3, '2026-01-05', { handOff: 'r1' }),
      decision('lead.rejected', 'recycled', 4, '2026-01-06', { handOff: 'r1' }),
      decision('lead.recycled', 'recycled', 5, '2026-01-07', {}),
      lead('worked', '2026-01-03T10:00'),
      decision('lead.offered', 'worked', 2, '2026-01-05', { handOff: 'w1' }),
      decision('lead.accepted', 'worked', 3, '2026-01-06', { handOff: 'w1' }),
      decision('lead.followed-up', 'worked', 4, '2026-01-07', {}),
      lead('out', '2026-01-03'),
      decision('lead.disqualified', 'out', 2, '2026-02-03', {}),
      lead('returned', '2026-01-03'),
      decision('lead.offered', 'returned', 2, '2026-01-05', { handOff: 'x1' }),
      decision('lead.accepted', 'returned', 3, '2026-01-06', { handOff: 'x1' }),
      decision('lead.returned', 'returned', 4, '2026-01-08', {}),
      lead('no-date', null),
    );
  });
  afterAll(() => journeys.stop());

  const total = async (path: string) =>
    (await journeys.get(`/v1/reports/${path}`))['total'] as Record<string, unknown>;
  const rows = async (path: string, name: string) =>
    Object.fromEntries(
      (await journeys.get(`/v1/reports/${path}`)).items.map(({ key, ...row }) => [
        String((key as Record<string, string | null>)[name]),
        row,
      ]),
    );

  it.each([
    ['2025-12-31', 0, 2, []],
    ['2026-01-01', 1, 2, [['EUR', '7']]],
    [
      '2026-01-10',
      3,
      2,
      [
        ['EUR', '7'],
        ['USD', '100'],
      ],
    ],
    [
      '2026-01-20',
      3,
      2,
      [
        ['EUR', '7'],
        ['USD', '101'],
      ],
    ],
    [
      '2026-02-01',
      3,
      1,
      [
        ['EUR', '7'],
        ['USD', '251'],
      ],
    ],
    [
      '2026-02-20',
      4,
      1,
      [
        ['EUR', '7'],
        ['USD', '251'],
      ],
    ],
    [
      '2026-03-01T14:59:59Z',
      4,
      1,
      [
        ['EUR', '7'],
        ['USD', '251'],
      ],
    ],
    [
      '2026-03-01',
      3,
      1,
      [
        ['EUR', '7'],
        ['USD', '1'],
      ],
    ],
    [
      '2026-03-01&zone=Pacific/Apia',
      4,
      1,
      [
        ['EUR', '7'],
        ['USD', '251'],
      ],
    ],
    [
      '2099-01-01',
      3,
      1,
      [
        ['EUR', '7'],
        ['USD', '1'],
      ],
    ],
  ])('R3 pipeline as of %s', async (at, open, undated, value) => {
    const found = await total(`pipeline?at=${at}`);
    expect([found['open'], found['undated']]).toEqual([open, undated]);
    const sums = found['openValue'] as { currency: string; amount: string }[];
    expect(sums.map(({ currency, amount }) => [currency, amount])).toEqual(value);
  });

  it('R3 pipeline groups by stage, owner and lead as of then', async () => {
    expect(await rows('pipeline?at=2026-02-10&group=stage', 'stage')).toMatchObject({
      ...{ b: { open: 2 }, c: { open: 1 }, null: { undated: 1, open: 0 } },
    });
    expect(Object.keys(await rows('pipeline?at=2026-02-14&group=owner&only=stage:b', 'owner'))).toEqual([
      'm1',
    ]);
    expect(await rows('pipeline?at=2026-02-15&group=owner&only=stage:b', 'owner')).toMatchObject({
      ...{ m1: { open: 1 }, m2: { open: 1 } },
    });
    expect(await rows('pipeline?at=2026-02-01&group=lead:channel', 'lead:channel')).toMatchObject({
      ...{ email: { open: 1 }, null: { open: 2, undated: 1 } },
    });
  });

  it('R3 leads as of a date; once all has happened, the stages of the lead table', async () => {
    const at = async (day: string) => {
      const found = await rows(`open-leads?at=${day}&group=stage`, 'stage');
      return Object.fromEntries(Object.entries(found).map(([stage, row]) => [stage, row['leads']]));
    };
    expect(await at('2026-01-01')).toEqual({ null: 1 });
    expect(await at('2026-01-05')).toEqual({ captured: 2, offered: 3, null: 1 });
    expect(await at('2026-01-06')).toEqual({ accepted: 2, captured: 2, qualified: 1, null: 1 });
    expect(await at('2026-01-07')).toEqual({ accepted: 1, captured: 2, nurturing: 1, working: 1, null: 1 });
    const now = await rows('funnel?group=stage&from=2000-01-01', 'stage');
    const stages = Object.fromEntries(Object.entries(now).map(([stage, row]) => [stage, row['leads']]));
    expect(await at('2099-01-01')).toEqual({ ...stages, null: 1 });
    expect(await total('open-leads?at=2026-02-03')).toMatchObject({
      ...{ leads: 6, open: 4, nurturing: 1, converted: 0, disqualified: 1, undated: 1 },
    });
  });

  it('R3 time in stage, ended and open, counts calendar days or working days', async () => {
    expect(await rows('time-in-stage?at=2026-03-10', 'stage')).toMatchObject({
      a: {
        stays: 7,
        ended: 5,
        open: 2,
        daysEnded: { n: 3, min: 0, max: 36 },
        daysOpen: { n: 1, median: 18 },
      },
      b: { stays: 3, ended: 2, open: 1, undated: 1, daysEnded: { n: 2, min: 0, max: 19 } },
      c: { stays: 1, ended: 0, open: 1, daysOpen: { n: 1, median: 68 } },
    });
    const week = 'workdays=1,2,3,4,5&holidays=2026-01-06,2026-01-10';
    expect(await rows(`time-in-stage?at=2026-03-10&${week}`, 'stage')).toMatchObject({
      a: { daysEnded: { max: 25 } },
      b: { daysEnded: { max: 13 } },
    });
  });

  it('R3 share from stage to stage, wins and losses apart', async () => {
    const { items } = await journeys.get('/v1/reports/stage-conversion?at=2026-12-31');
    expect(
      items.map(({ stage, nextStage, outcome, entered, reached }) => [
        stage,
        nextStage,
        outcome,
        entered,
        reached,
      ]),
    ).toEqual([
      ['a', 'b', null, 6, 3],
      ['a', 'c', null, 6, 1],
      ['a', null, 'lost', 6, 1],
      ['a', null, 'won', 6, 2],
      ['b', 'c', null, 3, 1],
      ['b', null, 'won', 3, 1],
      ['c', null, null, 1, 0],
    ]);
  });

  it('R3 won within n days of capture, as of a date', async () => {
    expect(await total('won-within?days=58&at=2026-12-31')).toMatchObject({
      ...{ leads: 6, won: 1, wonWithin: 1, observed: 5, observedWonWithin: 1, observedWonWithinPercent: 20 },
    });
    expect(await total('won-within?days=57&at=2026-12-31')).toMatchObject({ won: 1, wonWithin: 0 });
    expect(await total('won-within?days=58&at=2026-02-28')).toMatchObject({
      won: 0,
      wonWithin: 0,
      observed: 0,
    });
  });

  it.each([
    ['UTC', 'close-hour', ['15', 'null']],
    ['Asia/Kathmandu', 'close-hour', ['20', 'null']],
    ['Pacific/Apia', 'close-day', ['2026-02-01', '2026-03-02', 'null']],
    ['America/New_York', 'close-day', ['2026-02-01', '2026-03-01', 'null']],
    ['Europe/Berlin', 'close-week', ['2026-W05', '2026-W09', 'null']],
    ['UTC', 'close-weekday', ['7', 'null']],
  ])('R3 in %s by %s: a day without an hour is the same day everywhere', async (zone, by, keys) => {
    expect(Object.keys(await rows(`opportunities?zone=${zone}&group=${by}`, by)).sort()).toEqual(keys);
  });

  it('R3 PostgreSQL knows every time zone that the parameter takes', async () => {
    for (const zone of Intl.supportedValuesOf('timeZone'))
      await journeys.database.query('select now() at time zone $1', [zone]);
  });
});
