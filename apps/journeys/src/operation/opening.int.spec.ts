import { afterEach, describe, expect, it } from '@jest/globals';
import { toRecord, TOPICS } from '@throughline/contracts';
import { LogUnavailable, type Log } from '@throughline/log';
import { TopicCheck } from '@throughline/service';
import { type RunningJourneys, runningJourneys } from '../testing/running-journeys.ts';
import { touch } from '../testing/story.ts';

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
