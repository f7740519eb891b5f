import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { backup } from '@throughline/event-store/testing';
import { runningLeads, type RunningLeads } from '../testing/running-leads.ts';

/** The service over a store that is put back to an older point while it runs: its connections live on. */
describe('F1 a store that is older than its log', () => {
  let service: RunningLeads;
  beforeEach(async () => void (service = await runningLeads(() => new Date('2026-03-02T12:00:00Z'))));
  afterEach(() => service.drop());

  const capture = (id: string, key = id) =>
    service.post('/v1/leads', { id, data: { source: 'fair' } }, { 'idempotency-key': key });
  const qualify = (id: string, key = `qualify-${id}`) =>
    service.post(
      `/v1/leads/${id}/qualify`,
      { data: { definition: { id: 'mql', version: 1 } } },
      { 'idempotency-key': key },
    );
  const streams = async () => {
    const { rows } = await service.database.query('select * from event order by stream, version');
    return rows;
  };
  const look = () => service.workers.check.compareAll();

  async function behind(restore: () => Promise<void>): Promise<void> {
    await service.published();
    await restore();
    expect((await look()).kind).toBe('store-behind');
  }

  it('I1 takes no decision, says what to do, and sends nothing', async () => {
    await capture('lead-1');
    const restore = await backup(service.database);
    await qualify('lead-1');
    await behind(restore);
    const refused = await qualify('lead-1', 'another');
    expect(refused).toMatchObject({ status: 503, body: { code: 'store-behind-log' } });
    expect(refused.body['detail']).toContain(
      '1 events of 1 streams that the store lacks (lead-1: the log has version 2, the store 1)',
    );
    expect(refused.body['remedy']).toContain('throughline restore-store --service leads');
    expect((await capture('lead-2')).status).toBe(503);
    const batch = await service.post('/v1/leads/commands', {
      commands: [{ command: 'capture', id: 'lead-3', data: {} }],
    });
    expect(batch.status).toBe(503);
    expect(await service.get('/health/fresh')).toMatchObject({
      status: 503,
      body: { checks: { 'leads.store': { ok: false, detail: { standing: 'store-behind' } } } },
    });
    expect((await service.get('/v1/leads/lead-1')).body).toMatchObject({ version: 1 });
    await expect(service.workers.relay.runOnce()).rejects.toThrow('older than its log');
  });

  it('I1 is found by the very next decision of the process, before any comparison', async () => {
    await capture('lead-1');
    const restore = await backup(service.database);
    await qualify('lead-1');
    await service.published();
    await look();
    await restore();
    const [one, other] = await Promise.all([qualify('lead-1', 'k-1'), capture('lead-2')]);
    expect([one.status, other.status]).toEqual([503, 503]);
    await look();
    expect(await streams()).toHaveLength(1);
  });

  it('finds a stream that is gone whole', async () => {
    await capture('lead-1');
    const restore = await backup(service.database);
    await capture('lead-2');
    await qualify('lead-2');
    await behind(restore);
    expect((await capture('lead-2', 'new')).body).toMatchObject({
      code: 'store-behind-log',
      detail: expect.stringContaining('lead-2: the log has version 2, the store 0'),
    });
  });

  it('finds rows that somebody deleted of a store that had been compared', async () => {
    await capture('lead-1');
    await capture('lead-2');
    await behind(async () => {
      await look();
      await service.database.query(`delete from event where stream = 'lead-1'`);
    });
    expect((await qualify('lead-2')).status).toBe(503);
  });

  it('finds an emptied store', async () => {
    const restore = await backup(service.database);
    for (const id of ['lead-1', 'lead-2', 'lead-3']) await capture(id);
    await behind(restore);
    expect((await capture('lead-1')).body['detail']).toContain('3 events of 3 streams');
  });

  it('goes on with an outbox whose records are in the log already', async () => {
    await capture('lead-1');
    const restore = await backup(service.database);
    await service.published();
    await restore();
    expect((await service.post('/v1/leads/lead-1/reemit', {})).status).toBe(200);
    expect((await look()).kind).toBe('equal');
    expect((await qualify('lead-1')).status).toBe(200);
    const versions = (await service.published()).map(({ stream }) => stream?.version);
    expect(versions.toSorted()).toEqual([1, 1, 2]);
  });

  it('goes on by itself once the store is whole again', async () => {
    const restoreEmpty = await backup(service.database);
    await capture('lead-1');
    await service.published();
    const restoreWhole = await backup(service.database);
    await behind(restoreEmpty);
    await restoreWhole();
    expect((await look()).kind).toBe('equal');
    expect((await qualify('lead-1')).status).toBe(200);
  });

  describe('restored from the log', () => {
    const restored = async (flags = '') => {
      const begun = await service.post(`/v1/stores/leads/restore${flags}`, {});
      expect(begun.status).toBe(202);
      for (;;) {
        const { body } = await service.get('/v1/stores/leads/restore');
        if (body['state'] === 'failed') throw new Error(String(body['error']));
        if (body['state'] === 'done') return body['result'] as Record<string, unknown>;
      }
    };

    it('I1 I3 has the same rows, and answers old commands as before', async () => {
      await capture('lead-1');
      const restore = await backup(service.database);
      const first = await qualify('lead-1');
      await capture('lead-2');
      await qualify('lead-2');
      const whole = await streams();
      await behind(restore);
      expect(await restored('?dryRun=true')).toMatchObject({
        ...{ dryRun: true, events: 3, streams: 2, refusedStreams: 0 },
        first: expect.arrayContaining([expect.objectContaining({ stream: 'lead-2', version: 2 })]),
      });
      expect(await streams()).toHaveLength(1);
      expect(await restored()).toMatchObject({ dryRun: false, events: 3, streams: 2 });
      expect(await streams()).toEqual(whole);
      expect(await qualify('lead-1')).toEqual({ ...first, body: { ...first.body, replayed: true } });
      const other = await service.post(
        '/v1/leads',
        { id: 'lead-9', data: {} },
        { 'idempotency-key': 'lead-2' },
      );
      expect(other).toMatchObject({ status: 409, body: { code: 'idempotency-conflict' } });
      expect((await service.post('/v1/leads/lead-1/disqualify', { data: {} })).body).toMatchObject({
        version: 3,
      });
      expect((await service.get('/health/fresh')).status).toBe(200);
      const versions = (await service.published()).map(({ key, stream }) => `${key} ${stream?.version}`);
      expect(versions.toSorted()).toEqual(['lead-1 1', 'lead-1 2', 'lead-1 3', 'lead-2 1', 'lead-2 2']);
    });

    it('an emptied store, and one that lacks nothing', async () => {
      const restore = await backup(service.database);
      for (const id of ['lead-1', 'lead-2', 'lead-3']) await capture(id);
      await qualify('lead-3');
      const whole = await streams();
      await behind(restore);
      expect(await restored()).toMatchObject({ events: 4, streams: 3 });
      expect(await streams()).toEqual(whole);
      expect(await restored()).toMatchObject({ events: 0, streams: 0, refusedStreams: 0 });
    });

    it('a store that differs: says which, and takes those of the log when told to', async () => {
      await capture('lead-1');
      await service.published();
      const restore = await backup(service.database);
      await qualify('lead-1');
      const whole = await streams();
      await behind(restore);
      await service.database.query(
        `with v as (update stream set version = 2 where stream = 'lead-1')
         insert into event select stream, 2, gen_random_uuid(), 'lead.disqualified', 1, '{"lead":"lead-1"}', occurred_at,
           precision, inferred, source, recorded_at, traceparent, tracestate, 'mine', command_hash, 0 from event`,
      );
      await service.database.query('truncate logged_position, logged_head, logged_difference');
      expect((await look()).kind).toBe('store-differs');
      expect(await qualify('lead-1', 'other')).toMatchObject({
        status: 503,
        body: { code: 'store-differs-from-log', remedy: expect.stringContaining('--replace') },
      });
      expect(await restored()).toMatchObject({
        ...{ events: 0, refusedStreams: 1 },
        refused: [{ stream: 'lead-1', version: 2, remedy: expect.stringContaining('displaced_event') }],
      });
      expect(await restored('?replace=true')).toMatchObject({
        ...{ events: 1, refusedStreams: 0 },
        displaced: [{ stream: 'lead-1', version: 2, name: 'lead.disqualified' }],
      });
      expect(await streams()).toEqual(whole);
      const { rows } = await service.database.query(
        'select stream, version::int, command_id from displaced_event',
      );
      expect(rows).toEqual([{ stream: 'lead-1', version: 2, command_id: 'mine' }]);
      expect((await look()).kind).toBe('equal');
    });
  });
});
