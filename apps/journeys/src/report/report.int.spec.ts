import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventData, JourneyEvent } from '@throughline/contracts';
import { sampleEvent } from '@throughline/contracts';
import { type RunningJourneys, runningJourneys } from '../testing/running-journeys.ts';
import { decision, link, told, touch, type When } from '../testing/story.ts';

/** A lead with its deal, captured and won on these days; undefined: not won. */
function wonLead(n: number, channel: string | null, captured: When, won?: When): JourneyEvent[] {
  const [lead, deal] = [`lead-${n}`, `deal-${n}`];
  const start = [
    decision('lead.captured', lead, 1, captured, {
      source: channel,
      person: null,
      account: null,
      touch: null,
    }),
    decision('lead.qualified', lead, 2, captured, { by: 'sdr-1' }),
  ];
  if (won === undefined) return start;
  return [
    ...start,
    decision('opportunity.opened', deal, 1, null, {
      leads: [lead],
      account: null,
      owner: 'rep-1',
      amount: null,
    }),
    decision('opportunity.won', deal, 2, won, { amount: null }),
  ];
}

function deal(id: string, opened: When, data: Partial<EventData<'opportunity.opened'>>): JourneyEvent {
  const blank = {
    leads: null,
    account: null,
    amount: null,
    product: null,
    closeDate: null,
    attributes: null,
  };
  return told('urn:crm', decision('opportunity.opened', id, 1, opened, { ...blank, ...data }));
}

function won(id: string, when: When, amount: number | null): JourneyEvent {
  const worth = amount === null ? null : { amount, currency: 'USD' };
  return told('urn:crm', decision('opportunity.won', id, 2, when, { amount: worth }));
}

describe('reports on PostgreSQL, against figures worked out by hand', () => {
  let journeys: RunningJourneys;
  beforeAll(async () => {
    journeys = await runningJourneys('reports');
    await journeys.send(
      ...wonLead(1, 'email', '2026-01-01', '2026-01-03'),
      ...wonLead(2, 'email', '2026-01-10', '2026-01-10T23:59'),
      ...wonLead(3, 'email', '2026-02-01', '2026-02-11'),
      ...wonLead(4, 'email', '2026-02-05', '2026-02-04T19:38'),
      ...wonLead(5, null, '2026-02-20', '2026-06-01'),
      ...wonLead(6, 'unknown', '2026-02-21'),
      ...wonLead(7, 'email', null),
      sampleEvent('member.described', {
        sourceId: 'm1',
        data: { member: 'agent-1', manager: 'boss', office: 'East' },
      }),
      sampleEvent('member.described', {
        sourceId: 'm2',
        data: { member: 'agent-2', manager: 'boss', office: 'West' },
      }),
      sampleEvent('account.described', {
        sourceId: 'ac1',
        data: { account: 'account-x', industry: 'retail' },
      }),
      link('parent', '2026-01-01', 'account-in-parent', 'account-x', 'account-y'),
      deal('d1', '2026-01-01', {
        owner: 'agent-1',
        stage: 'Engaging',
        product: 'GTX Pro',
        account: 'account-x',
        attributes: { revenue: '10.50', type: 'a' },
      }),
      deal('d2', '2026-01-02', {
        owner: 'agent-1',
        stage: 'Engaging',
        product: 'GTX Pro',
        attributes: { revenue: '0', type: null },
      }),
      deal('d3', '2026-01-03', {
        owner: 'agent-1',
        stage: 'Engaging',
        product: 'MG',
        attributes: { revenue: null },
      }),
      deal('d4', '2026-01-04', {
        owner: 'agent-1',
        stage: 'Engaging',
        product: 'MG',
        attributes: { revenue: 'n/a', type: 'a' },
      }),
      deal('d5', null, { owner: 'agent-1', stage: 'Prospecting', product: 'MG' }),
      won('d1', '2026-04-11', 100),
      won('d2', '2026-04-03', 301),
      won('d3', '2026-07-03', null),
      told('urn:crm', decision('opportunity.lost', 'd4', 2, '2026-01-05', {})),
    );
  });
  afterAll(() => journeys.stop());

  const report = (path: string) => journeys.get(`/v1/reports/${path}`);
  const byKey = (answer: { items: readonly Record<string, unknown>[] }, name: string) =>
    new Map(answer.items.map((item) => [(item['key'] as Record<string, string | null>)[name], item]));

  it('funnel: blank and unknown channels apart, days from capture to won by nearest rank', async () => {
    const funnel = await report('funnel?group=channel&source=urn:throughline:sample');
    const rows = byKey(funnel, 'channel');
    expect([...rows.keys()]).toEqual(['email', 'unknown', null]);
    expect(rows.get('email')).toMatchObject({
      leads: 5,
      captured: 5,
      qualified: 5,
      offered: 0,
      won: 4,
      wonPercent: 80,
    });
    expect(rows.get('email')).toMatchObject({
      daysToWon: { n: 4, min: -1, p25: -1, median: 1, mean: 2.75, p75: 2, p90: 10, max: 10 },
    });
    expect(rows.get('unknown')).toMatchObject({
      leads: 1,
      won: 0,
      wonPercent: 0,
      daysToWon: { n: 0, min: null, median: null },
    });
    expect(rows.get(null)).toMatchObject({ leads: 1, won: 1, daysToWon: { n: 1, median: 101 } });
    expect(funnel['total']).toMatchObject({
      leads: 7,
      won: 5,
      wonPercent: 71.4286,
      daysToWon: { n: 5, p25: 0, median: 2, mean: 22.4, p75: 10, p90: 101 },
    });
  });

  it('funnel by month of capture keeps undated leads as null, and takes several dimensions', async () => {
    const months = byKey(await report('funnel?group=month'), 'month');
    expect([...months].map(([month, row]) => [month, row['leads']])).toEqual([
      ['2026-01', 2],
      ['2026-02', 4],
      [null, 1],
    ]);
    const both = await report('funnel?group=channel,won-month&only=channel:email');
    expect(both.items.map(({ key, leads }) => [key, leads])).toEqual([
      [{ channel: 'email', 'won-month': '2026-01' }, 2],
      [{ channel: 'email', 'won-month': '2026-02' }, 2],
      [{ channel: 'email', 'won-month': null }, 1],
    ]);
    expect((await report('funnel?group=closer&blank=channel')).items).toMatchObject([
      { key: { closer: 'rep-1' }, leads: 1 },
    ]);
  });

  it('opportunities: win rate over closed deals, value by currency, unknown worth never 0', async () => {
    const answer = await report('opportunities?source=urn:crm&group=product');
    const rows = byKey(answer, 'product');
    expect(rows.get('GTX Pro')).toMatchObject({
      ...{ opportunities: 2, open: 0, won: 2, lost: 0, winRatePercent: 100, wonWithoutAmount: 0 },
      wonValue: [{ currency: 'USD', deals: 2, amount: '401', spread: { median: '200.5', mean: '200.5' } }],
    });
    expect(rows.get('MG')).toMatchObject({
      opportunities: 3,
      open: 1,
      won: 1,
      lost: 1,
      winRatePercent: 50,
      wonWithoutAmount: 1,
      wonValue: [],
    });
    expect(answer['total']).toMatchObject({
      ...{ opportunities: 5, won: 3, lost: 1, winRatePercent: 75 },
      daysToWon: { n: 3, min: 91, median: 100, max: 181 },
      daysToLost: { n: 1, median: 1 },
      daysToClose: { n: 4, median: 95.5, mean: 93.25 },
    });
  });

  it('measures come in the order in which they are declared, of rows as of the total', async () => {
    const { items, total } = await report('opportunities?source=urn:crm&group=product');
    const measures = [
      ...['opportunities', 'open', 'won', 'lost', 'winRatePercent', 'wonWithoutAmount'],
      ...['daysToWon', 'daysToLost', 'daysToClose', 'wonValue'],
    ];
    const figures = total as Record<string, object>;
    expect(Object.keys(figures)).toEqual(measures);
    expect(Object.keys(items[0] ?? {})).toEqual(['key', ...measures]);
    const spread = ['n', 'min', 'p25', 'median', 'mean', 'p75', 'p90', 'max'];
    expect(Object.keys(figures['daysToWon'] ?? {})).toEqual(spread);
    const [usd] = figures['wonValue'] as [{ spread: object }];
    expect(Object.keys(usd)).toEqual(['currency', 'deals', 'amount', 'spread']);
    expect(Object.keys(usd.spread)).toEqual(spread);
  });

  it('opportunities by manager, office, stage and quarter; won by month', async () => {
    const crm = 'source=urn:crm';
    expect(byKey(await report(`opportunities?${crm}&group=manager`), 'manager').get('boss')).toMatchObject({
      opportunities: 5,
    });
    expect(byKey(await report(`opportunities?${crm}&group=office`), 'office').get('East')).toMatchObject({
      won: 3,
    });
    const blank = await report(`opportunities?${crm}&group=stage&blank=account`);
    expect(blank.items.map(({ key, open }) => [key, open])).toEqual([
      [{ stage: 'Engaging' }, 0],
      [{ stage: 'Prospecting' }, 1],
    ]);
    const quarters = await report(`won-by-month?${crm}&group=close-quarter`);
    expect(quarters.items.map(({ key, won }) => [key, won])).toEqual([
      [{ 'close-quarter': '2026Q2' }, 2],
      [{ 'close-quarter': '2026Q3' }, 1],
    ]);
    expect((await report('won-by-month')).items[0]).toMatchObject({
      key: { 'close-month': '2026-01' },
      won: 2,
      wonValue: [],
    });
  });

  it('attributes: null and absent apart; totals count what is no number', async () => {
    const types = await report('opportunities?source=urn:crm&group=attribute:type');
    expect(types.items.map(({ key, absent, opportunities }) => [key, absent, opportunities])).toEqual([
      [{ 'attribute:type': 'a' }, undefined, 2],
      [{ 'attribute:type': null }, undefined, 1],
      [{ 'attribute:type': null }, ['attribute:type'], 2],
    ]);
    expect(await report('attribute-total?source=urn:crm&attribute=revenue')).toMatchObject({
      ...{ rows: 5, numbers: 2, blank: 2, notNumbers: 1, aboveZero: 1, zero: 1, total: '10.5', max: '10.5' },
    });
    const fields = await report('blanks?dataSet=opportunities&source=urn:crm&limit=1000');
    const of = (field: string) => fields.items.find((item) => item['field'] === field);
    expect(of('account')).toMatchObject({ filled: 1, blank: 4, absent: 0 });
    expect(of('attribute:type')).toMatchObject({ filled: 2, blank: 1, absent: 2 });
    expect(of('attribute:revenue')).toMatchObject({ filled: 3, blank: 1, absent: 1 });
  });

  it('distinct values, combinations and date spreads', async () => {
    expect(await report('distinct?dataSet=opportunities&group=product&source=urn:crm')).toMatchObject({
      distinct: 2,
      rows: 5,
      blank: 0,
    });
    expect(await report('distinct?group=qualifier,closer')).toMatchObject({ distinct: 1, rows: 7, blank: 2 });
    const dates = (await report('spread?source=urn:crm')).items;
    const of = (date: string) => dates.find((item) => item['date'] === date);
    expect(of('opportunity opened')).toMatchObject({
      rows: 5,
      dated: 4,
      undated: 1,
      first: '2026-01-01T00:00:00.000Z',
    });
    expect(of('opportunity closed')).toMatchObject({ rows: 4, last: '2026-07-03T00:00:00.000Z' });
    expect(of('stage Engaging')).toMatchObject({ rows: 4 });
  });

  it('data quality: counts the known kinds of defect and lists their rows', async () => {
    const found = new Map((await report('data-quality')).items.map((item) => [item['check'], item['found']]));
    expect(Object.fromEntries(found)).toMatchObject({
      ...{
        'won-before-first-contact': 1,
        'won-on-contact-day': 1,
        'channel-blank': 1,
        'channel-called-unknown': 1,
      },
      ...{ 'opportunity-undated': 6, 'member-without-opportunity': 1, 'account-with-parent': 1, conflict: 0 },
    });
    const rows = await report('data-quality?check=won-before-first-contact');
    expect(rows.items).toMatchObject([{ id: 'lead-4', days_to_won: -1 }]);
  });

  it('touches, members, accounts, spend, inferred and early touches answer', async () => {
    await journeys.send(
      touch('t1', '2025-12-01', { account: 'account-x', kind: 'exposure' }),
      sampleEvent('campaign.spend-recorded', { sourceId: 's1', inferred: ['amount.currency'] }),
    );
    expect((await report('touches?group=kind')).items).toMatchObject([
      { key: { kind: 'exposure' }, touches: 1, accounts: 1 },
    ]);
    expect((await report('members?group=office')).items).toMatchObject([
      { withOpportunity: 1 },
      { withoutOpportunity: 1 },
    ]);
    expect((await report('accounts'))['total']).toEqual({ accounts: 1, withParent: 1 });
    expect((await report('spend')).items).toMatchObject([{ campaign: 'campaign-spring', amount: '1250000' }]);
    expect((await report('inferred')).items).toEqual([
      { event: 'campaign.spend-recorded', field: 'amount.currency', inferred: 1, events: 1 },
    ]);
    expect(await report('wins-by-early-touch?source=urn:crm')).toMatchObject({
      won: 3,
      exposureOnly: 1,
      unknown: 2,
    });
  });

  it('groups and filters by every dimension there is, as text', async () => {
    const { items } = await journeys.get<{ items: { name: string; dimensions: Record<string, string[]> }[] }>(
      '/v1/reports',
    );
    const groupable = items.filter(({ dimensions }) => Object.keys(dimensions).length === 1);
    for (const { name, dimensions } of groupable)
      for (const dimension of Object.values(dimensions).flat())
        await report(`${name}?group=${dimension}&only=${dimension}:x&limit=2`);
    expect(groupable.length).toBeGreaterThan(5);
  });

  it.each([
    ['2026-03-01T00:00:00+23:00', 200],
    ['2026-03-01T00:00:00-23:59', 200],
    ['2026-02-30', 422],
    ['0000-01-01', 422],
    ['9999-12-31T23:59:59-23:00', 422],
  ])('reads %s as a day or an instant that there is, or refuses it: %d', async (from, status) => {
    const { body, ...answer } = await journeys.ask(`/v1/reports/funnel?from=${encodeURIComponent(from)}`);
    expect(answer.status).toBe(status);
    if (status === 422) expect(body).toMatchObject({ field: 'from' });
  });

  it('pages, and refuses names that are not in its lists', async () => {
    const first = await report('funnel?group=month&limit=2');
    const second = await report(`funnel?group=month&limit=2&cursor=${first.next}`);
    expect([first.items.length, second.items.length, second.next]).toEqual([2, 1, null]);
    const refused = async (path: string) => (await journeys.ask(`/v1/reports/${path}`)).body;
    expect(await refused('funnel?group=channel;drop table x')).toMatchObject({
      status: 422,
      code: 'dimension-unknown',
      field: 'group',
    });
    expect(await refused('funel')).toMatchObject({ status: 404, code: 'report-unknown' });
    expect(await refused('funnel?grup=channel')).toMatchObject({ status: 422, field: 'grup' });
    expect(await refused('attribute-total?dataSet=hand-offs&attribute=size')).toMatchObject({
      ...{ status: 422, code: 'data-set-unknown', field: 'dataSet' },
      remedy: expect.stringContaining('leads, opportunities'),
    });
    const injected = await report("funnel?group=attribute:x') or 1=1 --&only=channel:email' or '1'='1");
    expect(injected.items).toEqual([]);
  });
});
