import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sampleEvent } from '@throughline/contracts';
import { type RunningJourneys, runningJourneys } from '../testing/running-journeys.ts';
import { decision, told, touch } from '../testing/story.ts';
import { type ParameterName, parameters } from './parameters.table.ts';
import { reports } from './report.table.ts';

const opened = (id: string, when: string | null, more: object) =>
  decision('opportunity.opened', id, 1, when, {
    ...{ account: null, leads: null, owner: 'm1', stage: 'a', product: null, closeDate: null },
    ...{ amount: { amount: 100, currency: 'USD' }, attributes: { size: '5', kind: 'x' }, ...more },
  });
const captured = (id: string, when: string | null, source: string | null) =>
  decision('lead.captured', id, 1, when, {
    ...{ source, person: null, account: null, touch: null, attributes: { size: '1' } },
  });

/** Two of everything: by two sources, on two days, one at an hour that is another day elsewhere, one with a blank. */
const story = [
  ...[captured('l1', '2026-01-02T23:30', 'email'), captured('l2', '2026-02-06T10:00', null)],
  told('urn:other', captured('l3', '2026-03-04T10:00', 'social')),
  decision('lead.offered', 'l1', 2, '2026-01-02T23:40', {
    handOff: 'h1',
    to: 'm1',
    firstTouchDue: '2026-01-09T00:00:00.000Z',
  }),
  decision('lead.accepted', 'l1', 3, '2026-01-07T09:00', { handOff: 'h1' }),
  decision('lead.offered', 'l2', 2, '2026-02-06T10:00', {
    handOff: 'h2',
    to: null,
    firstTouchDue: '2026-02-20T00:00:00.000Z',
  }),
  told('urn:other', decision('lead.offered', 'l3', 2, '2026-03-04T10:00', { handOff: 'h3', to: 'm1' })),
  opened('d1', '2026-01-02T23:30', { leads: ['l1'], product: 'p' }),
  decision('opportunity.stage-changed', 'd1', 2, '2026-01-07T10:00', { from: 'a', to: 'b' }),
  decision('opportunity.won', 'd1', 3, '2026-01-12T10:00', { amount: { amount: 900, currency: 'USD' } }),
  captured('l4', '2026-01-03T10:00', 'email'),
  opened('d4', '2026-01-20', { product: 'p' }),
  opened('d2', '2026-02-06T23:30', { stage: 'b', attributes: { size: '7', kind: null } }),
  told('urn:other', opened('d3', '2026-03-04T10:00', { leads: ['l3'], product: 'q' })),
  told('urn:other', decision('opportunity.won', 'd3', 2, '2026-03-20T23:45', { amount: null })),
  ...['urn:throughline:sample', 'urn:other'].flatMap((source, n) => [
    told(
      source,
      sampleEvent('member.described', {
        sourceId: `m${n}`,
        occurredAt: `2026-0${n + 1}-02T23:30:00.000Z`,
        data: { member: `m${n}`, office: n ? null : 'East' },
      }),
    ),
    told(
      source,
      sampleEvent('account.described', {
        sourceId: `a${n}`,
        occurredAt: `2026-0${n + 1}-02T23:30:00.000Z`,
        data: { account: `a${n}`, industry: n ? null : 'retail', attributes: { size: '3' } },
      }),
    ),
    told(source, touch(`t${n}`, `2026-0${n + 1}-02T23:30`, { account: 'a1', channel: n ? null : 'email' })),
    told(
      source,
      sampleEvent('campaign.spend-recorded', {
        sourceId: `s${n}`,
        inferred: ['amount.currency'],
        data: { campaign: `c${n}` },
      }),
    ),
  ]),
  told(
    'urn:other',
    sampleEvent('campaign.spend-recorded', {
      sourceId: 's3',
      inferred: ['amount'],
      data: { campaign: 'c3' },
    }),
  ),
];

type Query = Record<string, string>;
/** What every question of a report needs to have an answer, and dimensions that suit it. */
const needs: Record<string, Query> = {
  distinct: { dataSet: 'leads', group: 'channel,day' },
  'attribute-total': { attribute: 'size' },
  'attribute-spread': { attribute: 'size' },
};
const dimension: Record<string, string> = {
  ...{
    funnel: 'channel',
    'open-leads': 'channel',
    'won-within': 'channel',
    touches: 'channel',
    distinct: 'channel',
  },
  ...{ 'hand-offs': 'channel', members: 'office', accounts: 'industry', blanks: 'channel' },
};
const hour: Record<string, string> = {
  funnel: 'hour',
  'open-leads': 'hour',
  'won-within': 'hour',
  touches: 'hour',
  'hand-offs': 'hour',
  distinct: 'day',
  'won-by-month': 'close-day',
};
const value: Record<string, string> = {
  email: 'email',
  office: 'East',
  industry: 'retail',
  channel: 'email',
  product: 'p',
};

/** Two questions that differ in the parameter, and whose answers have to differ. */
function pair(report: string, name: ParameterName): [Query, Query] {
  const base = { ...needs[report] };
  const by = dimension[report] ?? 'product';
  const pairs: Record<ParameterName, [Query, Query]> = {
    group: report === 'distinct' ? [base, { ...base, group: 'source' }] : [base, { ...base, group: by }],
    source: [base, { ...base, source: 'urn:other' }],
    from: [base, { ...base, from: '2026-02-01' }],
    to: [base, { ...base, to: '2026-02-01' }],
    only: [base, { ...base, only: `${by}:${value[by]}` }],
    blank: [base, { ...base, blank: by }],
    dataSet: [
      { ...base, dataSet: 'opportunities', ...(base['group'] ? { group: 'source' } : {}) },
      {
        ...base,
        dataSet: report.startsWith('attribute') ? 'leads' : 'touches',
        ...(base['group'] ? { group: 'source' } : {}),
      },
    ],
    attribute: [base, { ...base, attribute: 'kind' }],
    check: [base, { ...base, check: 'channel-blank' }],
    at: [{ at: '2026-01-05' }, { at: '2027-01-01' }],
    days: [base, { ...base, days: '1' }],
    zone: [
      { ...base, group: hour[report] ?? 'open-hour' },
      { ...base, group: hour[report] ?? 'open-hour', zone: 'Asia/Kathmandu' },
    ],
    workdays: [
      { ...base, days: '5' },
      { ...base, days: '5', workdays: '6,7' },
    ],
    holidays: [
      { ...base, days: '5' },
      {
        ...base,
        days: '5',
        holidays: '2026-01-05,2026-01-06,2026-01-07,2026-01-08,2026-01-09,2026-01-10,2026-01-11,2026-01-12',
      },
    ],
    limit: [base, { ...base, ...grouping(report, by), limit: '1' }],
    cursor: [base, base],
  };
  const [before, after] = pairs[name];
  const takes = reports.find((each) => each.name === report)?.takes ?? [];
  const own = (query: Query) =>
    Object.fromEntries(
      Object.entries(query).filter(([key]) => key === name || takes.includes(key as ParameterName)),
    );
  return [own(name === 'limit' ? { ...base, ...grouping(report, by) } : before), own(after)];
}
const grouping = (report: string, by: string): Query => (report === 'distinct' ? {} : { group: by });

describe('R1 every report × every parameter of any report: the answer changes with it, or it is refused', () => {
  let journeys: RunningJourneys;
  beforeAll(async () => {
    journeys = await runningJourneys('takes');
    await journeys.send(...story);
  });
  afterAll(() => journeys.stop());
  const ask = (report: string, query: Query) =>
    journeys.ask(`/v1/reports/${report}?${new URLSearchParams(query)}`);
  const figures = async (report: string, query: Query) => {
    const { status, body } = await ask(report, query);
    expect([report, query, status, status === 200 ? '' : body]).toEqual([report, query, 200, '']);
    return { ...body, settings: undefined };
  };

  it.each(reports.map(({ name, takes }) => [name, takes] as const))('R1 %s', async (report, takes) => {
    for (const name of Object.keys(parameters) as ParameterName[]) {
      const [before, after] = pair(report, name);
      if (!takes.includes(name)) {
        const { status, body } = await ask(report, { ...needs[report], [name]: after[name] ?? '2' });
        expect([report, name, status]).toEqual([report, name, 422]);
        expect(body).toMatchObject({ field: name, remedy: expect.stringContaining(takes.join(', ')) });
      } else if (name === 'cursor') {
        const [first] = pair(report, 'limit');
        const page = { ...first, limit: '1' };
        const one = await figures(report, page);
        const two = await figures(report, { ...page, cursor: String(one.next) });
        expect([report, name, two.items]).not.toEqual([report, name, one.items]);
      } else {
        const [one, two] = [await figures(report, before), await figures(report, after)];
        expect({ report, name, answer: two }).not.toEqual({ report, name, answer: one });
      }
    }
  });

  it.each([
    ['from=2026-03-02&to=2026-03-01', 'from'],
    ['from=2026-03-01&to=2026-03-01', 'from'],
    ['from=2026-03-01T10:00:00Z&to=2026-03-01T09:00:00Z', 'from'],
    ['zone=Mars/Base', 'zone'],
    ['zone=%2B05:30', 'zone'],
    ['zone=EST', 'zone'],
    ['workdays=0', 'workdays.0'],
    ['workdays=8', 'workdays.0'],
    ['holidays=2026-02-30', 'holidays.0'],
    ['group=channel,channel', 'group'],
    ['group=lead:channel', 'group'],
    ['only=channel', 'only'],
  ])('R1 refuses funnel?%s, naming %s', async (query, field) => {
    const { status, body } = await journeys.ask(`/v1/reports/funnel?${query}`);
    expect([status, body['field']]).toEqual([422, field]);
  });

  it('R1 takes several values of one dimension as alternatives', async () => {
    const { total } = await figures('funnel', {}).then(() =>
      journeys.get('/v1/reports/funnel?only=channel:email&only=channel:social'),
    );
    expect(total).toMatchObject({ leads: 3 });
  });

  it('R1 shows in OpenAPI, of each report, exactly what it takes', async () => {
    const { paths } = (await (await fetch(`${journeys.url}/openapi.json`)).json()) as {
      paths: Record<string, { get: { parameters: { name: string }[] } }>;
    };
    for (const { name, takes } of reports) {
      const shown = paths[`/v1/reports/${name}`]?.get.parameters.map((each) => each.name).sort();
      expect([name, shown]).toEqual([name, [...takes, 'after', 'wait'].sort()]);
    }
  });
});
