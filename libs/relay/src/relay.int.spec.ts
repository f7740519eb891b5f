import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hopsOf } from '@throughline/event-store';
import { capture, fixture, fixtureMeta, followUp } from '@throughline/event-store/testing';
import fc from 'fast-check';
import { Relay } from './index.ts';
import {
  BrokenLog,
  firsts,
  logs,
  loseLocks,
  relayKit,
  waitFor,
  type Behaviour,
  type RelayKit,
} from './testing/index.ts';

const oneTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);

describe.each(['memory', 'postgres'] as const)('the outbox to the %s log', (kind) => {
  let kit: RelayKit;
  beforeEach(async () => void (kit = await relayKit('relay', logs[kind])));
  afterEach(() => kit.drop());

  it('I3 moves every stored event once, in order, and notes where it went', async () => {
    for (const lead of ['lead-1', 'lead-2', 'lead-3']) await kit.lead(lead, 5);
    const outbox = await kit.waiting();
    const relay = new Relay(kit.database, kit.log);
    expect(await relay.status()).toMatchObject({ pending: 15, owner: false, lastError: null });
    expect(await relay.runOnce()).toBe(15);
    expect(await relay.runOnce()).toBe(0);
    for (const versions of (await kit.versions()).values()) expect(versions).toEqual(oneTo(5));
    const records = await kit.inLog();
    const bytes = (all: readonly { key: string; value: Buffer; headers: object }[]) =>
      all.map(({ key, value, headers }) => JSON.stringify([key, value.toString(), headers])).sort();
    expect(bytes(records)).toEqual(bytes(outbox));
    expect(await kit.hops()).toHaveLength(15);
    for (const { event_id, partition, offset } of await kit.hops()) {
      const record = records.find((each) => each.partition === partition && each.offset === BigInt(offset));
      const stored = await kit.store.find(event_id);
      expect(stored?.sourceId).toBe(record?.headers['ce_id']);
    }
    expect(await relay.status()).toMatchObject({ pending: 0, oldestSeconds: null, owner: true, shards: [0] });
    await relay.stop();
  });

  it('forgets where events went after 30 days', async () => {
    await kit.lead('lead-1', 3);
    const relay = new Relay(kit.database, kit.log);
    await relay.runOnce();
    const [old] = await kit.hops();
    await kit.database.query(
      `update processing_log set at = clock_timestamp() - interval '30 days 1 second' where event_id = $1`,
      [old?.event_id],
    );
    expect(await relay.forgetHops()).toBe(1);
    expect((await kit.hops()).map(({ event_id }) => event_id)).not.toContain(old?.event_id);
    expect(await kit.hops()).toHaveLength(2);
    await relay.stop();
  });

  it('I1 I3 a send that fails, before or after it stored: repeats, no loss, first occurrences in order', async () => {
    const broken = new BrokenLog(kit.log);
    const relay = new Relay(kit.database, broken, { batchSize: 3 });
    await kit.lead('lead-1', 4);
    await kit.lead('lead-2', 4);
    broken.plan = ['refuse', 'lose the answer', 'store half'];
    for (const why of [/refuse/, /lose/, /half/]) {
      await expect(relay.runOnce()).rejects.toThrow(why);
      expect((await relay.status()).pending).toBe(8);
      expect((await relay.status()).lastError).toMatch(why);
    }
    expect(await kit.hops()).toEqual([]);
    while ((await relay.runOnce()) > 0);
    const versions = await kit.versions();
    expect(versions.get('lead-1')).toEqual([1, 2, 3, 1, 1, 2, 3, 4]);
    expect(versions.get('lead-2')).toEqual([1, 2, 3, 4]);
    expect(await relay.status()).toMatchObject({ pending: 0, lastError: null });
    await relay.stop();
  });

  it('I1 I3 killed between send and delete, the next one repeats in order', async () => {
    await kit.lead('lead-1', 3);
    const broken = new BrokenLog(kit.log);
    const killed = new Relay(kit.database, broken);
    broken.stored = () => Promise.reject(new Error('killed here'));
    await expect(killed.runOnce()).rejects.toThrow('killed here');
    await loseLocks(kit);
    const next = new Relay(kit.database, kit.log);
    await waitFor(async () => (await next.runOnce()) > 0);
    expect((await kit.versions()).get('lead-1')).toEqual([1, 2, 3, 1, 2, 3]);
    expect(await kit.hops()).toHaveLength(3);
    await Promise.all([killed.stop(), next.stop()]);
  });
});

it('where an event is can be asked at any time', async () => {
  const kit = await relayKit('hops');
  await kit.lead('lead-1', 1);
  const [event] = await kit.store.read('lead-1');
  const hops = async () => (await hopsOf(kit.database, event?.id ?? '')).map(({ hop }) => hop);
  expect(await hops()).toEqual(['stored', 'waiting']);
  const relay = new Relay(kit.database, kit.log);
  await relay.runOnce();
  expect(await hops()).toEqual(['stored', 'relayed']);
  expect(await hopsOf(kit.database, event?.id ?? '')).toMatchObject([
    {},
    { topic: 'journey.leads', offset: '0' },
  ]);
  await relay.stop();
  await kit.drop();
});

describe('owners', () => {
  let kit: RelayKit;
  beforeEach(async () => void (kit = await relayKit('relay owners')));
  afterEach(() => kit.drop());

  it('a second relay waits until the first gives the shard back', async () => {
    const [first, second] = [new Relay(kit.database, kit.log), new Relay(kit.database, kit.log)];
    await first.runOnce();
    await kit.lead('lead-1', 2);
    expect(await second.runOnce()).toBe(0);
    expect((await second.status()).owner).toBe(false);
    await first.stop();
    expect(await second.runOnce()).toBe(2);
    await second.stop();
  });

  it('one that lost its lock sends nothing more, and tries to get it again', async () => {
    await kit.lead('lead-1', 1);
    const other =
      "insert into outbox (topic, key, value, headers, timestamp, event_id) select 'journey.touches', key, value, headers, timestamp, event_id from outbox";
    await kit.database.query(other);
    const broken = new BrokenLog(kit.log);
    const relay = new Relay(kit.database, broken);
    broken.stored = async () => {
      await loseLocks(kit);
      await waitFor(async () => !(await relay.status()).owner);
    };
    expect(await relay.runOnce()).toBe(1);
    expect(broken.asked).toEqual(['journey.leads']);
    broken.stored = () => Promise.resolve();
    expect(await relay.runOnce()).toBe(1);
    expect(await relay.status()).toMatchObject({ owner: true, pending: 0 });
    await relay.stop();
  });

  it('I3 one that was frozen while another took over: repeats in order, one hop an event', async () => {
    await kit.lead('lead-1', 3);
    const broken = new BrokenLog(kit.log);
    const [frozen, other] = [new Relay(kit.database, broken), new Relay(kit.database, kit.log)];
    broken.stored = async () => {
      await loseLocks(kit);
      await kit.lead('lead-2', 1);
      await waitFor(async () => (await other.runOnce()) > 0);
    };
    await frozen.runOnce();
    expect((await kit.versions()).get('lead-1')).toEqual([1, 2, 3, 1, 2, 3]);
    expect(await kit.hops()).toHaveLength(4);
    expect(await kit.waiting()).toEqual([]);
    await Promise.all([frozen.stop(), other.stop()]);
  });

  it('I3 shards part the keys: every key with one owner, nothing left over', async () => {
    for (let n = 0; n < 20; n += 1) await kit.lead(`lead-${n}`, 3);
    const elsewhere = await kit.database.session();
    await elsewhere.query('select pg_advisory_lock(7205003, shard) from unnest(array[1, 2]) shard');
    const relay = new Relay(kit.database, kit.log, { shards: 3 });
    const first = await relay.runOnce();
    expect((await relay.status()).shards).toEqual([0]);
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(60);
    await elsewhere.close();
    expect(await relay.runOnce()).toBe(60 - first);
    expect((await relay.status()).shards).toEqual([0, 1, 2]);
    for (const versions of (await kit.versions()).values()) expect(versions).toEqual([1, 2, 3]);
    await relay.stop();
  });

  it('I1 a topic that fails holds up no other, though its rows would fill every page', async () => {
    await kit.lead('lead-1', 7);
    await kit.database.query("update outbox set topic = 'journey.nowhere'");
    await kit.lead('lead-2', 3);
    const relay = new Relay(kit.database, kit.log, { batchSize: 2 });
    await expect(relay.runOnce()).rejects.toThrow('journey.nowhere');
    expect([...(await kit.versions())]).toEqual([['lead-2', oneTo(3)]]);
    expect(await kit.waiting()).toHaveLength(7);
  });

  it('a batch is cut by bytes, but never to nothing', async () => {
    await kit.lead('lead-1', 3);
    const relay = new Relay(kit.database, kit.log, { batchBytes: 1 });
    expect([
      await relay.runOnce(),
      await relay.runOnce(),
      await relay.runOnce(),
      await relay.runOnce(),
    ]).toEqual([1, 1, 1, 0]);
    await relay.stop();
  });
});

describe('drained', () => {
  let kit: RelayKit;
  beforeEach(async () => void (kit = await relayKit('relay drained')));
  afterEach(() => kit.drop());

  it('I3 moves all that waits once and in order, reading ahead, and begins again at the oldest after 16 batches', async () => {
    for (let n = 0; n < 5; n += 1) await kit.lead(`lead-${n}`, 10);
    const relay = new Relay(kit.database, kit.log, { batchSize: 3 });
    expect([await relay.drain(), await relay.drain(), await relay.drain()]).toEqual([48, 2, 0]);
    for (const versions of (await kit.versions()).values()) expect(versions).toEqual(oneTo(10));
    expect(await kit.hops()).toHaveLength(50);
    await relay.stop();
  });

  it('I3 a version stored late, behind what was read already, goes before the next one of its stream', async () => {
    const broken = new BrokenLog(kit.log);
    const relay = new Relay(kit.database, broken, { batchSize: 1 });
    const next = () =>
      kit.store.handle({ ...fixture, stream: 'late', command: followUp('x'), meta: fixtureMeta() });
    await kit.database.transaction(async (tx) => {
      await kit.store.handle({ ...fixture, stream: 'late', command: capture, meta: fixtureMeta(), tx });
      await kit.lead('early', 4);
      const committed = Promise.withResolvers<unknown>();
      broken.stored = async () => {
        broken.stored = () => Promise.resolve();
        committed.resolve(true);
        await waitFor(() => kit.store.exists('late'));
        await next();
      };
      void relay.drain();
      await committed.promise;
    });
    await relay.drain();
    expect((await kit.versions()).get('late')).toEqual([1, 2]);
    await relay.stop();
  });

  it('gives a sign of life between batches, or a slow log would cost it its lock', async () => {
    await kit.lead('lead-1', 5);
    const broken = new BrokenLog(kit.log);
    const relay = new Relay(kit.database, broken, { batchSize: 1 });
    const silent: number[] = [];
    broken.stored = async () => {
      await pause(1_000);
      const { rows } = await kit.database.query<{ silent: number }>(
        `select extract(epoch from clock_timestamp() - a.state_change)::float8 as silent
         from pg_locks l join pg_stat_activity a using (pid)
         where l.locktype = 'advisory' and l.classid = 7205003 and a.datname = current_database()`,
      );
      silent.push(rows[0]?.silent ?? Number.NaN);
    };
    expect(await relay.drain()).toBe(5);
    expect(Math.max(...silent)).toBeLessThan(4.5);
    await relay.stop();
  });

  it('I1 what was read ahead of a failure is not sent behind it', async () => {
    await kit.lead('lead-1', 9);
    const broken = new BrokenLog(kit.log);
    const relay = new Relay(kit.database, broken, { batchSize: 3 });
    broken.plan = ['well', 'refuse'];
    await expect(relay.drain()).rejects.toThrow('refuse');
    expect(broken.asked).toHaveLength(2);
    expect((await kit.waiting()).length).toBe(6);
    expect(await relay.drain()).toBe(6);
    expect((await kit.versions()).get('lead-1')).toEqual(oneTo(9));
    await relay.stop();
  });

  it('I1 a batch that cannot be taken out is sent again, and so is what went after it', async () => {
    await kit.lead('lead-1', 9);
    await kit.database.query('alter table processing_log add constraint full_disk check (false)');
    const relay = new Relay(kit.database, kit.log, { batchSize: 3 });
    await expect(relay.drain()).rejects.toThrow('full_disk');
    expect(await kit.waiting()).toHaveLength(9);
    await kit.database.query('alter table processing_log drop constraint full_disk');
    while ((await relay.drain()) > 0);
    expect(firsts((await kit.versions()).get('lead-1'))).toEqual(oneTo(9));
    expect(await kit.hops()).toHaveLength(9);
    await relay.stop();
  });
});

describe('started', () => {
  let kit: RelayKit;
  beforeEach(async () => void (kit = await relayKit('relay loop')));
  afterEach(() => kit.drop());

  it('is woken by an append', async () => {
    const relay = new Relay(kit.database, kit.log, { pollMs: 3_600_000 });
    relay.start();
    await waitFor(async () => (await relay.status()).owner);
    for (const versions of [1, 2, 3]) {
      await kit.lead(`lead-${versions}`, versions);
      await waitFor(async () => (await kit.versions()).get(`lead-${versions}`)?.length === versions);
    }
    await kit.store.reemit('lead-3');
    await waitFor(async () => (await kit.versions()).get('lead-3')?.length === 6);
    await relay.stop();
  });

  it('looks by itself when no ring was heard', async () => {
    const relay = new Relay(kit.database, kit.log, { pollMs: 20 });
    relay.start();
    await waitFor(async () => (await relay.status()).owner);
    await kit.lead('lead-1', 1);
    await kit.database.query('create table held as select * from outbox');
    await kit.database.query(
      'insert into outbox (topic, key, value, headers, timestamp, event_id) select topic, key, value, headers, timestamp, event_id from held',
    );
    await waitFor(async () => (await kit.waiting()).length === 0);
    await relay.stop();
  });

  it('I1 goes on by itself when the log and its lock come back', async () => {
    const broken = new BrokenLog(kit.log);
    broken.otherwise = 'refuse';
    const relay = new Relay(kit.database, broken);
    relay.start();
    await kit.lead('lead-1', 2);
    await waitFor(() => broken.asked.length >= 2);
    expect((await relay.status()).lastError).toMatch(/refuse/);
    await loseLocks(kit);
    broken.otherwise = 'well';
    await waitFor(async () => (await kit.waiting()).length === 0);
    expect((await kit.versions()).get('lead-1')).toEqual([1, 2]);
    await relay.stop();
    expect((await relay.status()).owner).toBe(false);
  });
});

it('I1 I3 whatever the log does, every event arrives and first occurrences are in order', async () => {
  const kit = await relayKit('relay property');
  const behaviour = fc.constantFrom<Behaviour>('well', 'refuse', 'lose the answer', 'store half');
  const plans = fc.array(behaviour, { minLength: 1, maxLength: 12 });
  let round = 0;
  await fc.assert(
    fc.asyncProperty(plans, fc.integer({ min: 1, max: 7 }), fc.boolean(), async (plan, batchSize, ahead) => {
      round += 1;
      const broken = new BrokenLog(kit.log);
      broken.plan = [...plan];
      const names = ['a', 'b', 'c'].map((name) => `${name}-${round}`);
      for (const name of names) await kit.lead(name, 3);
      const relay = new Relay(kit.database, broken, { batchSize });
      const run = () => (ahead ? relay.drain() : relay.runOnce());
      while ((await kit.waiting()).length > 0) await run().catch(() => 0);
      await relay.stop();
      const versions = await kit.versions();
      for (const name of names) expect(firsts(versions.get(name))).toEqual([1, 2, 3]);
    }),
    { numRuns: 30 },
  );
  await kit.drop();
});
