import { afterEach, describe, expect, it } from '@jest/globals';
import { toRecord, TOPICS } from '@throughline/contracts';
import { LogUnavailable, type Log } from '@throughline/log';
import { ProjectionRunner } from '@throughline/projection';
import { TopicCheck } from '@throughline/service';
import { journeysProjection } from '../journeys.projector.ts';
import { type RunningJourneys, runningJourneys } from '../testing/running-journeys.ts';
import { touch, withdrawal } from '../testing/story.ts';

let journeys: RunningJourneys;
afterEach(() => journeys.stop());

describe('journeys whose log is away when they start (fault 6)', () => {
  let away = true;
  let check: TopicCheck;
  const seen = (log: Log): Log => {
    const checkTopics = async () => {
      if (away) throw new LogUnavailable('journey.leads', 'the broker is not there');
    };
    check = new TopicCheck({
      log: Object.assign(Object.create(log) as Log, { checkTopics }),
      ...{ topics: TOPICS, partitions: 3, refused: () => undefined },
    });
    return check.log;
  };

  it('are live, say what they wait for, and apply what is there once the log is', async () => {
    journeys = await runningJourneys('log_away', seen);
    await journeys.send(touch('early', '2026-01-01', { visitor: 'v' }));
    expect((await journeys.ask('/health/live')).status).toBe(200);
    expect(await journeys.ask('/health/ready')).toMatchObject({
      ...{ status: 503, body: { checks: { 'journeys.views': { ok: false } } } },
    });
    expect(await journeys.ask('/health/fresh')).toMatchObject({
      status: 503,
      body: {
        checks: { 'journeys.projection': { detail: { waitsFor: expect.stringContaining('checked') } } },
      },
    });
    const early = await journeys.ask('/v1/reports/touches');
    expect(early).toMatchObject({ status: 503, body: { code: 'not-prepared' } });

    away = false;
    expect(await check.runOnce()).toBe(true);
    while (journeys.opening.waitsFor !== null) await new Promise(setImmediate);
    expect((await journeys.ask('/health/ready')).status).toBe(200);
    expect((await journeys.get('/v1/journeys/visitor/v')).items).toHaveLength(1);
    expect((await journeys.ask('/health/fresh')).status).toBe(200);
  });
});

describe('journeys whose database has the views of the version before', () => {
  it('start, say so, are rebuilt on request, and take up what came meanwhile', async () => {
    journeys = await runningJourneys('taken_over', undefined, async (database, log) => {
      const tables = journeysProjection.tables.filter(({ name }) => name !== 'touch_withdrawal');
      const projection = { ...journeysProjection, version: 1, tables, extras: [] };
      const older = new ProjectionRunner({ database, log, projection });
      await older.prepare();
      const told = [touch('seen', '2026-01-01', { visitor: 'v' }), withdrawal('off', '2026-01-02', 'seen')];
      await log.send('journey.touches', told.map(toRecord));
      await older.runOnce();
      await older.close();
    });
    const waits = expect.stringMatching(/version 1 of journeys is live.*version 3.*throughline rebuild/);
    expect((await journeys.ask('/health/live')).status).toBe(200);
    expect(await journeys.ask('/health/ready')).toMatchObject({
      ...{ status: 503, body: { checks: { 'journeys.views': { ok: false, detail: { waitsFor: waits } } } } },
    });
    const later = touch('meanwhile', '2026-01-03', { visitor: 'v' });
    await journeys.log.send('journey.touches', [toRecord(later)]);
    for (const path of ['/v1/journeys/visitor/v', '/v1/journeys/lead', '/v1/reports/touches', '/v1/status']) {
      expect(await journeys.ask(path)).toMatchObject({
        status: 503,
        body: {
          ...{ code: 'not-prepared', detail: waits },
          remedy: expect.stringContaining('throughline rebuild --of journeys'),
        },
      });
    }

    expect((await journeys.ask('/v1/projection/rebuild', 'POST')).status).toBe(202);
    const state = async () => (await journeys.ask('/v1/projection/rebuild')).body['state'];
    while ((await state()) === 'running');
    expect(await state()).toBe('done');
    while (journeys.opening.waitsFor !== null) await new Promise(setImmediate);
    expect((await journeys.ask('/health/ready')).status).toBe(200);
    const { items } = await journeys.get(`/v1/journeys/visitor/v?after=event/${later.id}`);
    expect(items.map(({ sourceId, withdrawn }) => [sourceId, withdrawn !== null])).toEqual([
      ['seen', true],
      ['meanwhile', false],
    ]);
  });
});

describe('the freshness of journeys', () => {
  const fresh = async () => {
    const { status, body } = await journeys.ask('/health/fresh');
    const checks = body['checks'] as Record<string, { detail: Record<string, unknown> }>;
    return { status, detail: checks['journeys.projection']?.detail };
  };

  it('is not ok while a partition stands still, which it names', async () => {
    journeys = await runningJourneys('fresh');
    const event = touch('first', '2026-01-01', { visitor: 'v' });
    await journeys.send(event);
    await journeys.get('/v1/journeys/visitor/v');
    expect(await fresh()).toMatchObject({
      status: 200,
      detail: { events: 0, seconds: 0, halted: null, failing: null, housekeepingError: null },
    });
    const { topic, partition } = await placeOf(event.id);
    // retention took records that were not applied yet
    const again = Array.from({ length: 3 }, () => toRecord(event));
    journeys.store.partition(topic, partition).low += 5n;
    await journeys.log.send(topic, again);
    let found = await fresh();
    while (found.detail?.['halted'] === null) found = await fresh();
    expect(found).toMatchObject({
      status: 503,
      detail: { halted: expect.stringContaining(`${topic}/${partition}: `) },
    });
  });

  it('is not ok while records older than its limit wait', async () => {
    journeys = await runningJourneys('lag');
    const { rows } = await journeys.database.query<{ schema: string }>('select schema from projection.build');
    const late = touch('late', '2026-01-01', { visitor: 'v' });
    await journeys.database.transaction(async (tx) => {
      await tx.query(`select 1 from ${rows[0]?.schema}.position for update`); // nothing can be applied meanwhile
      await journeys.send(late);
      const { status, detail } = await fresh();
      expect(status).toBe(503);
      expect(detail).toMatchObject({ events: 1, halted: null });
      expect(detail?.['seconds']).toBeGreaterThan(60);
    });
    await journeys.get('/v1/journeys/visitor/v');
    expect(await fresh()).toMatchObject({ status: 200, detail: { events: 0, seconds: 0 } });
  });

  async function placeOf(id: string): Promise<{ topic: string; partition: number }> {
    const { placement } = await journeys.get<{ placement: { topic: string; partition: number } }>(
      `/v1/events/${id}`,
    );
    return placement;
  }

  it('forgets after 30 days where an event was', async () => {
    journeys = await runningJourneys('house');
    await journeys.send(touch('old', '2026-01-01', { visitor: 'v' }));
    await journeys.get('/v1/journeys/visitor/v');
    const table = 'projection.processing_log';
    await journeys.database.query(`update ${table} set at = now() - interval '31 days'`);
    await journeys.opening.keepHouse();
    expect((await journeys.database.query(`select 1 from ${table}`)).rowCount).toBe(0);
  });
});
