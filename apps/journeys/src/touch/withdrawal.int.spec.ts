import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JourneyEvent } from '@throughline/contracts';
import { type RunningJourneys, runningJourneys } from '../testing/running-journeys.ts';
import { decision, link, told, touch, withdrawal } from '../testing/story.ts';

let journeys: RunningJourneys;
beforeAll(async () => {
  journeys = await runningJourneys('withdrawals');
});
afterAll(() => journeys.stop());

const entries = async (path: string) => (await journeys.get(`/v1/journeys/${path}`)).items;
/** sourceId and what is said of its withdrawal */
const struck = async (path: string) =>
  (await entries(path)).map(({ sourceId, withdrawn }) => [sourceId, withdrawn]);
const report = (path: string) => journeys.get(`/v1/reports/${path}`);
const at = (recordedAt: string) => ({ recordedAt: `${recordedAt}T00:00:00.000Z` });
const says = ({ id }: JourneyEvent, when: string | null) =>
  expect.objectContaining({ eventId: id, at: when === null ? null : `${when}T00:00:00.000Z` });

describe('withdrawn touches', () => {
  it.each(['before', 'after'])(
    'I4: stay where they are and are struck, withdrawn %s they come',
    async (order) => {
      const id = (name: string) => `${order}-${name}`;
      const facts = [
        touch(id('wrong'), '2026-01-02', { visitor: id('visitor') }),
        withdrawal(id('withdrawal'), '2026-01-05', id('wrong'), { reason: 'sent twice', by: 'member-1' }),
      ];
      const all = [
        touch(id('first'), '2026-01-01', { visitor: id('visitor') }),
        ...(order === 'before' ? facts.reverse() : facts),
        touch(id('right'), '2026-01-03', { visitor: id('visitor') }),
      ];
      for (const [n, event] of all.entries()) {
        await journeys.send({ ...event, ...at(`2026-04-0${n + 1}`) });
        await report('touches'); // waits for it: they are applied in this order
      }
      const [withdrawn] = facts.filter(({ name }) => name === 'touch.withdrawn');
      expect(await struck(`visitor/${id('visitor')}`)).toEqual([
        [id('first'), null],
        [
          id('wrong'),
          {
            at: '2026-01-05T00:00:00.000Z',
            eventId: withdrawn?.id,
            reason: 'sent twice',
            by: 'member-1',
          },
        ],
        [id('right'), null],
      ]);
      const touches = await report(`touches?group=day&from=2026-01-02`);
      expect(touches.items.map(({ key }) => (key as { day: string }).day)).not.toContain('2026-01-02');
    },
  );

  it.each([
    ['a', [0, 1, 2, 3]],
    ['b', [3, 2, 1, 0]],
    ['c', [2, 0, 3, 1]],
  ])(
    'I4: of several withdrawals the smallest by time and event id is told, undated last (%s)',
    async (own, order) => {
      const of = touch(`${own}-many`, '2026-01-02', { visitor: `${own}-many` });
      const sameDay = ['x', 'y'].map((n) => withdrawal(`${own}-${n}`, '2026-01-04', of.sourceId));
      const all = [
        ...[of, withdrawal(`${own}-undated`, null, of.sourceId)],
        ...sameDay,
        withdrawal(`${own}-later`, '2026-01-05', of.sourceId),
      ];
      const first = sameDay.toSorted((a, b) => (a.id < b.id ? -1 : 1))[0] as JourneyEvent;
      await journeys.send(...order.map((n) => all[n] as JourneyEvent), all[4] as JourneyEvent);
      expect(await struck(`visitor/${own}-many`)).toEqual([[of.sourceId, says(first, '2026-01-04')]]);
    },
  );

  it('by another source are those that it names, and by nobody else of the same id', async () => {
    const own = touch('shared-id', '2026-01-02', { visitor: 'shared' });
    const other = told('urn:shop', touch('shared-id', '2026-01-03', { visitor: 'shared' }));
    const wrong = withdrawal('shared-withdrawal', '2026-01-04', 'shared-id', { source: 'urn:shop' });
    await journeys.send(own, other, wrong);
    expect(await struck('visitor/shared')).toEqual([
      ['shared-id', null],
      ['shared-id', says(wrong, '2026-01-04')],
    ]);
  });

  it('are nothing else: a lead whose event is named stays as it is, and so do links', async () => {
    const lead = decision('lead.captured', 'w-lead', 1, '2026-01-05', {
      person: 'w-person',
      touch: 'w-form',
    });
    const seen = link('w-link', '2026-01-04', 'visitor-is-person', 'w-visitor', 'w-person');
    await journeys.send(
      touch('w-form', '2026-01-03', {
        visitor: 'w-visitor',
        asset: { id: 'guide', title: null, stage: null },
      }),
      ...[seen, lead],
    );
    const asset = async () => {
      const { items } = await report('funnel?group=asset');
      return items.map((item) => [(item['key'] as { asset: string | null }).asset, item['leads']]);
    };
    expect(await asset()).toEqual([['guide', 1]]);
    await journeys.send(
      withdrawal('w-no-touch', '2026-01-06', lead.sourceId),
      withdrawal('w-no-touch-either', '2026-01-06', seen.sourceId),
      withdrawal('w-form-withdrawn', '2026-01-06', 'w-form'),
    );
    expect((await struck('person/w-person')).map(([id, by]) => [id, by !== null])).toEqual([
      ['w-form', true],
      ['w-link', false],
      ['w-lead-1', false],
    ]);
    expect(await asset()).toEqual([[null, 1]]);
    const { rows } = await journeys.database.query(
      `select source_id from analytics_v1.timeline_entry where withdrawn and source_id like 'w-%'`,
    );
    expect(rows).toEqual([{ source_id: 'w-form' }]);
  });

  it('are not yet withdrawn as of a time before that was recorded', async () => {
    const late = withdrawal('asked-early', '2026-01-09', 'asked');
    const early = withdrawal('asked-late', '2026-01-10', 'asked');
    await journeys.send(
      { ...touch('asked', '2026-01-01', { visitor: 'asked' }), ...at('2026-02-01') },
      { ...late, ...at('2026-02-05') },
      { ...early, ...at('2026-02-03') },
    );
    const asOf = (day: string) => struck(`visitor/asked?recordedBefore=${day}`);
    expect(await asOf('2026-02-03')).toEqual([['asked', null]]);
    expect(await asOf('2026-02-04')).toEqual([['asked', says(early, '2026-01-10')]]);
    expect(await struck('visitor/asked')).toEqual([['asked', says(late, '2026-01-09')]]);
  });

  it('are left out of figures, and counted by the report of data quality with what withdraws nothing', async () => {
    const checks = async () => {
      const { items } = await report('data-quality?source=urn:figures');
      return new Map(items.map(({ check, found, of }) => [check, [found, of]]));
    };
    const facts = [
      touch('f-1', '2026-03-01', { visitor: 'f-1', kind: 'exposure' }),
      touch('f-2', '2026-03-02', { person: 'f-2', kind: 'activity' }),
      touch('f-3', '2026-03-09', {}),
      withdrawal('f-of-1', '2026-03-10', 'f-1'),
      withdrawal('f-of-1-again', '2026-03-10', 'f-1'),
      withdrawal('f-of-3', '2026-03-10', 'f-3'),
      withdrawal('f-of-nothing', '2026-03-10', 'f-4'),
    ].map((event) => told('urn:figures', event));
    await journeys.send(...facts);
    expect((await report('touches?source=urn:figures'))['total']).toEqual({
      ...{ touches: 1, activities: 1, exposures: 0, visitors: 0, persons: 1, accounts: 0, withoutAccount: 1 },
    });
    expect(await report('distinct?dataSet=touches&group=day&source=urn:figures')).toMatchObject({
      ...{ distinct: 1, rows: 1 },
    });
    const [dates] = (await report('spread?source=urn:figures')).items;
    expect(dates).toMatchObject({ date: 'touch', rows: 1, last: '2026-03-02T00:00:00.000Z' });
    const found = await checks();
    expect(found.get('touch-of-nobody')).toEqual([0, 1]);
    expect(found.get('touch-withdrawn')).toEqual([2, 3]);
    expect(found.get('withdrawal-of-no-touch')).toEqual([1, 4]);
    const rows = await report('data-quality?check=withdrawal-of-no-touch&source=urn:figures');
    expect(rows.items).toMatchObject([
      { id: told('urn:figures', withdrawal('f-of-nothing', null, 'f-4')).id },
    ]);
    await journeys.send(told('urn:figures', touch('f-4', '2026-03-01', {})));
    expect((await checks()).get('withdrawal-of-no-touch')).toEqual([0, 4]);
  });

  it('are no early touch of a won deal', async () => {
    const deal = told(
      'urn:deal',
      decision('opportunity.opened', 'e-deal', 1, '2026-02-01', { account: 'e-account', leads: null }),
    );
    await journeys.send(
      touch('e-touch', '2026-01-01', { account: 'e-account', kind: 'activity' }),
      ...[deal, told('urn:deal', decision('opportunity.won', 'e-deal', 2, '2026-03-01', {}))],
    );
    const early = () => report('wins-by-early-touch?source=urn:deal');
    expect(await early()).toMatchObject({ won: 1, withActivity: 1, unknown: 0 });
    await journeys.send(withdrawal('e-withdrawn', '2026-01-05', 'e-touch'));
    expect(await early()).toMatchObject({ won: 1, withActivity: 0, unknown: 1 });
  });

  it('I4: are in a verification and a rebuild as they are live', async () => {
    const done = async (job: string) => {
      for (;;) {
        const { body } = await journeys.ask(`/v1/projection/${job}`);
        if (body['state'] !== 'running') return body['result'];
      }
    };
    for (const job of ['verify', 'rebuild']) {
      expect((await journeys.ask(`/v1/projection/${job}`, 'POST')).status).toBe(202);
      expect(await done(job)).toMatchObject({
        equal: true,
        tables: expect.arrayContaining([
          expect.objectContaining({ table: 'touch_withdrawal', equal: true, rows: expect.any(Number) }),
        ]),
      });
    }
    const [, wrong] = await struck('visitor/before-visitor');
    expect(wrong).toEqual(['before-wrong', expect.objectContaining({ reason: 'sent twice' })]);
  });
});
