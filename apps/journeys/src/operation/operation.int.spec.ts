import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toRecord, type JourneyEvent } from '@throughline/contracts';
import { type Answer, type RunningJourneys, runningJourneys } from '../testing/running-journeys.ts';
import { decision, touch } from '../testing/story.ts';

describe('operation of the projection, over HTTP', () => {
  let journeys: RunningJourneys;
  beforeAll(async () => {
    journeys = await runningJourneys('operation');
  });
  afterAll(() => journeys.stop());

  const finished = async (job: string): Promise<Answer> => {
    for (;;) {
      const { body } = await journeys.ask(`/v1/projection/${job}`);
      if (body['state'] !== 'running') return body;
    }
  };

  it('says where an event stands, with its place in the log and its hops', async () => {
    const event = touch('where', '2026-01-01', { visitor: 'v' });
    await journeys.send(event, event);
    const found = await journeys.get(`/v1/events/${event.id}`);
    expect(found).toMatchObject({
      state: 'applied',
      placement: { topic: 'journey.touches', offset: '0' },
      event: { source_id: 'where', visitor: 'v' },
      hops: [{ hop: 'recorded' }, { hop: 'projected' }],
    });
    expect(found['duplicates']).toHaveLength(1);
    const unknown = await journeys.ask('/v1/events/00000000-0000-5000-8000-000000000000');
    expect(unknown).toMatchObject({ status: 404, body: { code: 'event-unknown' } });
  });

  it('I6: accounts for every record, and lists a repeat that says something else as a conflict', async () => {
    const first = touch('twice', '2026-01-01', { visitor: 'one' });
    const other = { ...touch('twice', '2026-01-01', { visitor: 'two' }) };
    await journeys.send(first, other);
    await journeys.get('/v1/journeys/visitor/one');
    const status = await journeys.get('/v1/status');
    expect(status).toMatchObject({
      accounting: { accepted: 4, applied: 2, parked: 0, duplicates: 2, balanced: true },
      ...{ conflicts: 1, lag: { events: 0, seconds: 0 } },
    });
    expect(status['positions']).toHaveLength(15);
    expect((await journeys.get('/v1/conflicts')).items).toMatchObject([
      { eventId: first.id, name: 'touch.recorded' },
    ]);
  });

  it('lists what is known, page after page, blank as null', async () => {
    await journeys.send(
      ...['l-1', 'l-2', 'l-3'].map((lead) => decision('lead.captured', lead, 1, null, { source: null })),
    );
    await journeys.get('/v1/journeys/lead/l-3');
    const first = await journeys.ask('/v1/journeys/lead?limit=2');
    expect(first.body).toMatchObject({
      items: [{ lead: 'l-1', channel: null, won: false }, { lead: 'l-2' }],
      next: expect.stringMatching(/^l-2\./),
    });
    const second = await journeys.ask(`/v1/journeys/lead?limit=2&cursor=${String(first.body['next'])}`);
    expect(second.body).toMatchObject({ items: [{ lead: 'l-3', stage: 'captured' }], next: null });
    expect((await journeys.ask('/v1/journeys/visitor')).status).toBe(422);
  });

  it('I7: a poison event waits under its own key and says why; discarding it lets the rest go on', async () => {
    const [captured, offered] = [
      decision('lead.captured', 'sick', 1, '2026-01-01', {}),
      decision('lead.qualified', 'sick', 2, '2026-01-02', {}),
    ];
    await journeys.send(...[captured].map(spoilt), touch('healthy', '2026-01-01', { visitor: 'h' }));
    await journeys.log.send('journey.leads', [recordOf(offered)]);
    const healthy = await journeys.ask(`/v1/journeys/visitor/h`);
    expect([200, 409]).toContain(healthy.status);
    const parked = async () => (await journeys.get('/v1/parked')).items;
    let items = await parked();
    while (items.length < 2) items = await parked();
    expect(items.map(({ state }) => state)).toEqual(['poison', 'queued']);
    const place = String(items[0]?.['place']);
    const waiting = await fetch(`${journeys.url}/v1/events/${offered.id}`); // not after what was sent
    const { topic, partition, offset, key, state, code, reason } = items[1] ?? {};
    expect(await waiting.json()).toEqual({
      ...{ id: offered.id, state: 'parked', placement: null, event: null, duplicates: [], hops: [] },
      parked: { topic, partition, offset, key, state, code, reason },
    });
    expect(await journeys.get(`/v1/parked/${place}`)).toMatchObject({
      record: { value: expect.any(String) },
    });
    expect(
      (await journeys.ask(`/v1/parked/${items[1]?.['place']}/discard`, 'POST', { reason: 'x', by: 'y' }))
        .status,
    ).toBe(409);
    const discarded = await journeys.ask(`/v1/parked/${place}/discard`, 'POST', {
      reason: 'damaged',
      by: 'ops',
    });
    expect(discarded.status).toBe(200);
    expect((await journeys.ask('/v1/parked/p.journey.leads.0.99/replay', 'POST')).status).toBe(404);
  });

  it('decision 7 and 16: verifies against the log, finds one altered cell, and mends it by a rebuild', async () => {
    expect((await journeys.ask('/v1/projection/verify', 'POST')).status).toBe(202);
    expect(await finished('verify')).toMatchObject({ state: 'done', result: { equal: true } });
    const { rows } = await journeys.database.query<{ schema: string }>(
      "select schema from projection.build where state = 'live'",
    );
    await journeys.database.query(
      `update ${rows[0]?.schema}.touch set channel = 'altered' where source_id = 'where'`,
    );
    await journeys.ask('/v1/projection/verify', 'POST');
    const verified = await finished('verify');
    expect(verified).toMatchObject({ state: 'done', result: { equal: false } });
    const tables = (verified['result'] as { tables: { table: string; equal: boolean }[] }).tables;
    expect(tables.filter(({ equal }) => !equal).map(({ table }) => table)).toEqual(['touch']);
    await journeys.ask('/v1/projection/rebuild?evenIfDifferent=true', 'POST');
    expect(await finished('rebuild')).toMatchObject({ state: 'done', result: { switched: true } });
    await journeys.ask('/v1/projection/verify', 'POST');
    expect(await finished('verify')).toMatchObject({ result: { equal: true } });
    expect((await journeys.get('/v1/reports/touches?group=channel')).items).toMatchObject([
      { key: { channel: 'paid_search' } },
    ]);
    expect((await journeys.get('/v1/digests')).items.length).toBeGreaterThan(10);
  });
});

/** The same event with data that its schema does not allow. */
function spoilt(event: JourneyEvent): JourneyEvent {
  return { ...event, data: { ...event.data, lead: 7 } as unknown as JourneyEvent['data'] };
}

function recordOf(event: JourneyEvent) {
  const { key, value, headers, timestamp } = toRecord(event);
  return { key, value, headers, timestamp };
}
