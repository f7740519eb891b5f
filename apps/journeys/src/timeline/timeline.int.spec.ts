import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sampleEvent } from '@throughline/contracts';
import { type RunningJourneys, runningJourneys } from '../testing/running-journeys.ts';
import { decision, link, told, touch, unlink } from '../testing/story.ts';

describe('timelines on PostgreSQL', () => {
  let journeys: RunningJourneys;
  beforeAll(async () => {
    journeys = await runningJourneys('timelines');
  });
  afterAll(() => journeys.stop());

  const titles = async (path: string) => (await journeys.get(path)).items.map(({ sourceId }) => sourceId);
  const entry = async (path: string, sourceId: string) =>
    (await journeys.get(path)).items.find((item) => item['sourceId'] === sourceId);

  it('shows one account from the first anonymous visit to the closed deal (practice 1)', async () => {
    await journeys.send(
      touch('a-visit', '2026-01-01', { visitor: 'a-visitor', kind: 'exposure' }),
      touch('a-form', '2026-01-05', { visitor: 'a-visitor' }),
      touch('a-stray', '2026-01-06', { visitor: 'a-somebody' }),
      link('a-known', '2026-01-05T10:00', 'visitor-is-person', 'a-visitor', 'a-person'),
      link('a-member', '2026-01-08', 'person-in-account', 'a-person', 'a-account'),
      decision('lead.captured', 'a-lead', 1, '2026-01-05T11:00', { person: 'a-person', account: null }),
      decision('lead.converted', 'a-lead', 2, '2026-01-09', { opportunity: 'a-deal' }),
      decision('opportunity.opened', 'a-deal', 1, null, { account: 'a-account', leads: ['a-lead'] }),
      decision('opportunity.won', 'a-deal', 2, '2026-02-01', {}),
    );
    const path = '/v1/journeys/account/a-account';
    expect(await titles(path)).toEqual([
      'a-visit',
      'a-form',
      'a-known',
      'a-lead-1',
      'a-member',
      'a-lead-2',
      'a-deal-2',
      'a-deal-1',
    ]);
    expect(await entry(path, 'a-visit')).toMatchObject({
      anonymous: true,
      who: { person: 'a-person', account: 'a-account' },
    });
    expect(await entry(path, 'a-lead-1')).toMatchObject({ anonymous: false });
    expect(await entry(path, 'a-deal-1')).toMatchObject({ when: { at: null, precision: 'unknown' } });
    expect(await titles('/v1/journeys/person/a-person')).toEqual(await titles(path));
    expect(await titles('/v1/journeys/lead/a-lead')).toHaveLength(8);
    expect(await titles('/v1/journeys/opportunity/a-deal')).toHaveLength(8);
    expect(await titles('/v1/journeys/visitor/a-visitor')).toEqual(['a-visit', 'a-form', 'a-known']);
  });

  it('shows a visitor as anonymous until a link arrives, however late, and again once it is taken back', async () => {
    await journeys.send(touch('b-1', '2026-01-01', { visitor: 'b-visitor' }));
    expect(await entry('/v1/journeys/visitor/b-visitor', 'b-1')).toMatchObject({
      anonymous: true,
      who: { person: null },
    });
    await journeys.send(link('b-link', '2025-12-01', 'visitor-is-person', 'b-visitor', 'b-person'));
    expect(await entry('/v1/journeys/person/b-person', 'b-1')).toMatchObject({
      anonymous: false,
      who: { person: 'b-person' },
    });
    await journeys.send(unlink('b-off', '2026-02-01', 'visitor-is-person', 'b-visitor', 'b-person', true));
    expect(await titles('/v1/journeys/person/b-person')).toEqual(['b-link', 'b-off']);
    expect(await entry('/v1/journeys/visitor/b-visitor', 'b-1')).toMatchObject({
      anonymous: true,
      who: { person: null },
    });
  });

  it('does not merge the persons of a shared device: a touch goes to the latest link before it', async () => {
    await journeys.send(
      link('c-one', '2026-01-01', 'visitor-is-person', 'c-device', 'c-one'),
      link('c-two', '2026-02-01', 'visitor-is-person', 'c-device', 'c-two'),
      touch('c-early', '2025-12-01', { visitor: 'c-device' }),
      touch('c-late', '2026-02-02', { visitor: 'c-device' }),
    );
    expect(await titles('/v1/journeys/person/c-one')).toEqual(['c-early', 'c-one']);
    expect(await titles('/v1/journeys/person/c-two')).toEqual(['c-two', 'c-late']);
  });

  it('joins persons that are the same, and parts them when that is withdrawn', async () => {
    await journeys.send(
      touch('d-1', '2026-01-01', { person: 'd-one' }),
      touch('d-2', '2026-01-02', { person: 'd-two' }),
      link('d-same', '2026-01-03', 'same-person', 'd-two', 'd-one'),
    );
    expect(await titles('/v1/journeys/person/d-two')).toEqual(['d-1', 'd-2', 'd-same']);
    await journeys.send(unlink('d-not', '2026-01-04', 'same-person', 'd-one', 'd-two', true));
    expect(await titles('/v1/journeys/person/d-two')).toEqual(['d-2', 'd-same', 'd-not']);
  });

  it('places a touch by the membership in force, and keeps what has no account until one arrives', async () => {
    await journeys.send(
      touch('e-first', '2026-01-01', { person: 'e-person' }),
      touch('e-second', '2026-03-01', { person: 'e-person' }),
      touch('e-between', '2026-02-15', { person: 'e-person' }),
    );
    expect((await journeys.ask('/v1/journeys/account/e-old')).status).toBe(404);
    await journeys.send(
      link('e-in', '2025-06-01', 'person-in-account', 'e-person', 'e-old'),
      unlink('e-out', '2026-02-01', 'person-in-account', 'e-person', 'e-old', false),
    );
    expect(await titles('/v1/journeys/account/e-old')).toEqual(['e-in', 'e-first', 'e-out']);
    await journeys.send(link('e-new', '2026-02-20', 'person-in-account', 'e-person', 'e-new'));
    expect(await titles('/v1/journeys/account/e-new')).toEqual(['e-between', 'e-new', 'e-second']);
    expect(await titles('/v1/journeys/account/e-old')).toEqual(['e-in', 'e-first', 'e-out']);
  });

  it('shows an account with its children when asked', async () => {
    await journeys.send(
      touch('f-parent', '2026-01-01', { account: 'f-parent' }),
      touch('f-child', '2026-01-02', { account: 'f-child' }),
      link('f-edge', '2026-01-03', 'account-in-parent', 'f-child', 'f-parent'),
    );
    expect(await titles('/v1/journeys/account/f-parent')).toEqual(['f-parent', 'f-edge']);
    expect(await titles('/v1/journeys/account/f-parent?children=true')).toEqual([
      'f-parent',
      'f-child',
      'f-edge',
    ]);
  });

  it('pages in an order that does not move, with every entry once', async () => {
    const events = Array.from({ length: 25 }, (_, n) =>
      touch(`g-${n}`, n % 5 === 4 ? null : `2026-01-0${1 + (n % 3)}`, { visitor: 'g' }),
    );
    await journeys.send(...events);
    const whole = await titles('/v1/journeys/visitor/g?limit=1000');
    const paged: unknown[] = [];
    for (let next: string | null = ''; next !== null;) {
      const cursor: string = next === '' ? '' : `&cursor=${next}`;
      const page = await journeys.get(`/v1/journeys/visitor/g?limit=4${cursor}`);
      paged.push(...page.items.map(({ sourceId }) => sourceId));
      next = page.next;
    }
    const order = (n: { occurredAt: string | null; id: string }) => `${n.occurredAt ?? '~'} ${n.id}`;
    expect(whole).toEqual(
      [...events].sort((a, b) => (order(a) < order(b) ? -1 : 1)).map(({ sourceId }) => sourceId),
    );
    expect(paged).toEqual(whole);
  });

  it('answers as of a recorded time: neither events nor links recorded later', async () => {
    const at = (recordedAt: string) => ({ recordedAt: `${recordedAt}T00:00:00.000Z` });
    await journeys.send(
      { ...touch('h-1', '2026-01-01', { visitor: 'h-visitor' }), ...at('2026-02-01') },
      { ...touch('h-2', '2026-01-02', { person: 'h-person' }), ...at('2026-02-02') },
      { ...link('h-link', '2026-01-03', 'visitor-is-person', 'h-visitor', 'h-person'), ...at('2026-02-03') },
    );
    const path = '/v1/journeys/person/h-person';
    expect(await titles(`${path}?recordedBefore=2026-02-02`)).toEqual([]);
    expect(await titles(`${path}?recordedBefore=2026-02-03`)).toEqual(['h-2']);
    expect(await titles(path)).toEqual(['h-1', 'h-2', 'h-link']);
  });

  it('filters by source, team and time', async () => {
    await journeys.send(
      told('urn:other', touch('i-1', '2026-01-01', { visitor: 'i', team: 'marketing' })),
      touch('i-2', '2026-01-02', { visitor: 'i', team: 'sales' }),
      touch('i-3', null, { visitor: 'i', team: 'sales' }),
    );
    expect(await titles('/v1/journeys/visitor/i?source=urn:other')).toEqual(['i-1']);
    expect(await titles('/v1/journeys/visitor/i?team=sales')).toEqual(['i-2', 'i-3']);
    expect(await titles('/v1/journeys/visitor/i?from=2026-01-02')).toEqual(['i-2']);
    expect(await titles('/v1/journeys/visitor/i?to=2026-01-02')).toEqual(['i-1']);
  });

  it('keeps the order of a stream at one instant', async () => {
    const names = ['lead.captured', 'lead.qualified', 'lead.offered', 'lead.accepted'] as const;
    const lead = names.map((name, n) => decision(name, 'j-lead', n + 1, '2026-01-01', {}));
    await journeys.send(...lead);
    expect(await titles('/v1/journeys/lead/j-lead')).toEqual(lead.map(({ sourceId }) => sourceId));
  });

  it.each(['no.such.topic/0/1', 'journey.leads/999/1'])(
    'refuses to wait for %s, which no answer gave',
    async (after) => {
      const answer = await fetch(`${journeys.url}/v1/journeys/visitor/x?after=${after}&wait=0.1`);
      const body = (await answer.json()) as { code: string; field: string };
      expect([answer.status, body.code, body.field]).toEqual([422, 'unreadable-after', 'after']);
    },
  );

  it('turns away a query that waits when a hundred places are waited for, and lets others in', async () => {
    const ids = Array.from(
      { length: 50 },
      (_, n) => sampleEvent('touch.recorded', { sourceId: `absent-${n}` }).id,
    );
    const after = ids.map((id) => `event/${id}`).join(',');
    const ask = () => fetch(`${journeys.url}/v1/journeys/lead?after=${after}&wait=2`);
    const asked = await Promise.all([ask(), ask(), ask()]);
    const codes = await Promise.all(
      asked.map(async (each) => ((await each.json()) as { code: string }).code),
    );
    expect(codes.toSorted()).toEqual(['not-yet-applied', 'not-yet-applied', 'too-many-waiting']);
    expect((await fetch(`${journeys.url}/v1/journeys/lead`)).status).toBe(200);
  });

  it('waits for what its caller wrote, and says to ask again when it is late', async () => {
    const late = sampleEvent('touch.recorded', { sourceId: 'never-sent' });
    const answer = await fetch(`${journeys.url}/v1/journeys/visitor/x?after=event/${late.id}&wait=0.1`);
    expect({ status: answer.status, retry: answer.headers.get('retry-after') }).toEqual({
      status: 503,
      retry: '2',
    });
    const sent = touch('k-1', '2026-01-01', { visitor: 'k' });
    const waiting = fetch(`${journeys.url}/v1/journeys/visitor/k?after=event/${sent.id}`);
    await journeys.send(sent);
    expect((await waiting).status).toBe(200);
  });
});
