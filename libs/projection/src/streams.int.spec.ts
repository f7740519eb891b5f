import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toRecord, type JourneyEvent } from '@throughline/contracts';
import { PartitionHalted, type Log } from '@throughline/log';
import { ParkedRefusal, type ProjectionRunner } from './index.ts';
import { Bench, exampleProjection, leadStream, sendEvents, touch, type Poison } from './testing/index.ts';

describe('what a projection does with events that cannot be applied', () => {
  let bench: Bench;
  let count = 0;
  beforeAll(async () => {
    bench = await Bench.start('streams');
  });
  afterAll(() => bench.end());

  const projection = (poison?: Poison, extras?: string[]) => ({
    ...exampleProjection({ ...(poison ? { poison } : {}), ...(extras ? { extras } : {}) }),
    name: `streams_${(count += 1)}`,
  });
  const leads = (runner: ProjectionRunner) =>
    bench.rows<{ lead: string; version: number }>(runner, 'select lead, version from lead order by lead');
  const states = async (runner: ProjectionRunner) =>
    (await runner.parked.list({ limit: 100 })).events.map(({ state, version, code }) => [
      version,
      state,
      code,
    ]);
  const balanced = async (runner: ProjectionRunner, log: Log) => {
    const accounts = await runner.accounting();
    const total = (
      await Promise.all(['journey.leads', 'journey.touches', 'journey.identities'].map((it) => log.marks(it)))
    )
      .flat()
      .reduce((sum, { high }) => sum + Number(high), 0);
    expect(accounts.every((it) => it.balanced)).toBe(true);
    expect(accounts.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(total);
    return accounts;
  };

  it('I3: a gap parks its key only, and the missing version drains it in order', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, projection());
    const stream = leadStream('lead-1', 5);
    const [v1, v2, v3, v4, v5] = stream as [
      JourneyEvent,
      JourneyEvent,
      JourneyEvent,
      JourneyEvent,
      JourneyEvent,
    ];
    await sendEvents(log, [v1, v3, v5, ...leadStream('lead-2', 3)]);
    await runner.runOnce();
    expect(await leads(runner)).toEqual([
      { lead: 'lead-1', version: 1 },
      { lead: 'lead-2', version: 3 },
    ]);
    expect(await states(runner)).toEqual([
      [3, 'gap', 'waiting-for-version'],
      [5, 'queued', 'behind'],
    ]);
    await sendEvents(log, [v1, v2, v3]); // a reemit repeats what is there
    await runner.runOnce();
    expect((await leads(runner))[0]).toEqual({ lead: 'lead-1', version: 3 });
    await sendEvents(log, [v4]);
    await runner.runOnce();
    expect(await bench.rows(runner, `select version, trail from lead where lead = 'lead-1'`)).toEqual([
      { version: 5, trail: stream.map(({ name }) => name) },
    ]);
    expect(await states(runner)).toEqual([]);
    const accounts = await balanced(runner, log);
    expect(accounts.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(2);
    const clean = await bench.runner(log, projection());
    await clean.runOnce(1);
    expect(await clean.digests('full')).toEqual(await runner.digests('full'));
  });

  it('I3: many gaps at once halt the partition and move nothing', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, projection(), { limits: { gapKeys: 2 } });
    const streams = ['a', 'b', 'c'].map((lead) => leadStream(lead, 3));
    await sendEvents(
      log,
      streams.flatMap((stream) => stream.slice(0, 1)),
    );
    await runner.runOnce();
    const before = await runner.position('journey.leads', 0);
    await sendEvents(
      log,
      streams.flatMap((stream) => stream.slice(2)),
    );
    await expect(runner.runOnce()).rejects.toThrow(PartitionHalted);
    expect(await runner.position('journey.leads', 0)).toEqual(before);
  });

  it('I3: later versions of streams that never began wait, and halt nothing however many', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, projection());
    const forged = Array.from({ length: 300 }, (_, n) => leadStream(`forged-${n}`, 5).slice(4)).flat();
    await sendEvents(log, [...forged, ...leadStream('good', 2)]);
    await runner.runOnce();
    expect(await leads(runner)).toEqual([expect.objectContaining({ lead: 'good', version: 2 })]);
    expect(await runner.parked.counts()).toEqual({ gap: { events: 300, keys: 300 } });
    await balanced(runner, log);
  });

  it('I3: what many gaps halted goes on once they were reemitted, however far behind', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, projection(), { limits: { gapKeys: 2 } });
    const streams = ['a', 'b', 'c', 'd'].map((lead) => leadStream(lead, 3));
    await sendEvents(
      log,
      streams.flatMap((stream) => stream.slice(0, 1)),
    );
    await runner.runOnce();
    await sendEvents(
      log,
      streams.flatMap((stream) => stream.slice(2)),
    );
    await expect(runner.runOnce(4)).rejects.toThrow(PartitionHalted);
    await sendEvents(log, streams[0] ?? []);
    await expect(runner.runOnce(4)).rejects.toThrow(PartitionHalted);
    await sendEvents(log, streams.slice(1).flat());
    await runner.runOnce(4);
    expect((await leads(runner)).map(({ version }) => version)).toEqual([3, 3, 3, 3]);
    expect(await states(runner)).toEqual([]);
    await balanced(runner, log);
  });

  it('I6: repeats are counted, and one that says something else is listed while the first stands', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, projection());
    const first = touch('t1', 'visitor-1');
    await sendEvents(log, [first, first, touch('t1', 'visitor-2'), ...leadStream('lead-1', 2)]);
    await sendEvents(log, leadStream('lead-1', 2));
    await runner.runOnce();
    expect(await bench.rows(runner, 'select visitor from touch')).toEqual([{ visitor: 'visitor-1' }]);
    expect(await bench.rows(runner, 'select event_id, "offset", standing_offset from conflict')).toEqual([
      { event_id: first.id, offset: '2', standing_offset: '0' },
    ]);
    expect(await bench.rows(runner, `select duplicates from entry where topic = 'journey.touches'`)).toEqual([
      { duplicates: 2 },
    ]);
    const accounts = await balanced(runner, log);
    expect(accounts.map(({ topic, applied, duplicates }) => [topic, applied, duplicates])).toContainEqual([
      'journey.leads',
      2,
      2,
    ]);
  });

  it('I7: a poison event stops its key only; 999 others are current; replay gives the digest of a clean run', async () => {
    const log = await bench.log(3);
    let broken = true;
    const ids = new Set(
      leadStream('lead-500', 2)
        .slice(1)
        .map(({ id }) => id),
    );
    const runner = await bench.runner(
      log,
      projection((event) => broken && ids.has(event.id)),
    );
    const all = Array.from({ length: 1000 }, (_, index) => leadStream(`lead-${index}`, 3));
    await sendEvents(
      log,
      [0, 1, 2].flatMap((version) => all.flatMap((stream) => stream[version] ?? [])),
    );
    await runner.runOnce(700);
    const rows = await leads(runner);
    expect(rows.filter(({ version }) => version === 3)).toHaveLength(999);
    expect(rows.find(({ lead }) => lead === 'lead-500')?.version).toBe(1);
    expect(await states(runner)).toEqual([
      [2, 'poison', 'projector-failed'],
      [3, 'queued', 'behind'],
    ]);
    await balanced(runner, log);
    const [id = ''] = ids;
    expect(await runner.parked.replay(id)).toEqual({ applied: 0, left: 2 });
    broken = false;
    expect(await runner.parked.replay(id)).toEqual({ applied: 2, left: 0 });
    const clean = await bench.runner(log, projection());
    await clean.runOnce();
    expect(await clean.digests('full')).toEqual(await runner.digests('full'));
    await balanced(runner, log);
  });

  it('I7: what the database refuses is found among its batch and parked alone', async () => {
    const log = await bench.log(1);
    const refusing = projection(undefined, [`alter table touch add check (visitor not like 'bad%')`]);
    const runner = await bench.runner(log, refusing);
    await sendEvents(
      log,
      Array.from({ length: 200 }, (_, n) => touch(`t${n}`, n % 90 === 7 ? `bad-${n}` : `v${n}`)),
    );
    await runner.runOnce();
    const { events } = await runner.parked.list({ limit: 10 });
    expect(events.map(({ offset, state, code }) => [offset, state, code])).toEqual([
      ['7', 'poison', '23514'],
      ['97', 'poison', '23514'],
      ['187', 'poison', '23514'],
    ]);
    expect(await bench.rows(runner, 'select count(*)::int as touches from touch')).toEqual([
      { touches: 197 },
    ]);
    await balanced(runner, log);
  });

  it('I7: an error of the infrastructure is thrown and parks nothing', async () => {
    const log = await bench.log(1);
    const full = [
      `create function disk_full() returns trigger language plpgsql as $$
       begin raise exception 'no space left' using errcode = '53100'; end $$`,
      'create trigger disk_full before insert on touch execute function disk_full()',
    ];
    const runner = await bench.runner(log, projection(undefined, full));
    await sendEvents(log, [touch('t1', 'v1'), touch('t2', 'v2')]);
    await expect(runner.runOnce()).rejects.toMatchObject({ code: '53100' });
    expect(await states(runner)).toEqual([]);
    expect((await runner.position('journey.touches', 0)).next).toBe(0n);
  });

  it('I7: when a whole batch would be poison the partition halts instead', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(
      log,
      projection(() => true),
    );
    await sendEvents(
      log,
      Array.from({ length: 60 }, (_, n) => touch(`t${n}`, 'v')),
    );
    await expect(runner.runOnce()).rejects.toThrow(PartitionHalted);
    expect(await states(runner)).toEqual([]);
  });

  it('I7: a burst of garbage is parked and halts nothing, nor do events of a newer program', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, projection());
    const good = toRecord(touch('t1', 'v1'));
    const burst = Array.from({ length: 60 }, (_, n) => ({ ...good, key: `garbage-${n}`, headers: {} }));
    await log.send('journey.touches', [...burst, good]);
    await runner.runOnce();
    expect(await runner.parked.counts()).toEqual({ poison: { events: 60, keys: 60 } });
    expect(await bench.rows(runner, 'select visitor from touch')).toEqual([{ visitor: 'v1' }]);
    await balanced(runner, log);
    const headers = { ...good.headers, ce_type: 'throughline.touch.recorded.v2' };
    await log.send(
      'journey.touches',
      burst.map(({ key, ...record }) => ({ ...record, key: `newer ${key}`, headers })),
    );
    await runner.runOnce();
    expect(await runner.parked.counts()).toEqual({ poison: { events: 120, keys: 120 } });
    await balanced(runner, log);
  });

  it('I7: what an older program could not read is applied by one that can, with what waits behind it', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, projection());
    const [first, second, third] = leadStream('lead-1', 3).map(toRecord);
    if (!first || !second || !third) throw new TypeError('no events');
    const newer = { ...second, headers: { ...second.headers, ce_type: 'throughline.lead.qualified.v2' } };
    await log.send('journey.leads', [first, newer, third]);
    await runner.runOnce();
    expect((await states(runner)).map(([, ...state]) => state)).toEqual([
      ['poison', 'future-version'],
      ['queued', 'behind'],
    ]);
    const { schema } = await runner.live();
    const readable = { ...second, value: second.value.toString('base64') };
    await bench.database.query(`update ${schema}.parked set record = $1 where code = 'future-version'`, [
      Buffer.from(JSON.stringify(readable)),
    ]);
    await runner.prepare();
    expect(await states(runner)).toEqual([]);
    expect(await bench.rows(runner, 'select version from lead')).toEqual([{ version: 3 }]);
  });

  it('I7: a record that nobody can read is parked as it came, whatever its key', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, projection());
    const good = toRecord(touch('t1', 'v1'));
    const key = `\0\uD800${'k'.repeat(5000)}`;
    await log.send('journey.touches', [
      { ...good, key },
      { ...good, value: Buffer.from([0xff, 0]), headers: { ce_id: '\0' } },
      { ...good, key, value: Buffer.from('{') },
      good,
    ]);
    await runner.runOnce();
    expect(await states(runner)).toEqual([
      [null, 'poison', 'bad-record'],
      [null, 'poison', 'bad-record'],
      [null, 'poison', 'bad-json'],
    ]);
    expect(await bench.rows(runner, 'select visitor from touch')).toEqual([{ visitor: 'v1' }]);
    expect((await runner.parked.show('p.journey.touches.0.0'))?.record.key).toBe(key);
    expect((await runner.parked.show('p.journey.touches.0.1'))?.record.value).toEqual(Buffer.from([0xff, 0]));
    expect(await runner.parked.discard('p.journey.touches.0.1', { reason: 'garbage', by: 'ada' })).toEqual({
      applied: 0,
      left: 0,
    });
    await balanced(runner, log);
  });

  it('I7: a record that claims a version beyond every column is parked, and the partition goes on', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, projection());
    const [first] = leadStream('lead-1', 1).map(toRecord);
    if (!first) throw new TypeError('no event');
    await log.send('journey.leads', [
      { ...first, headers: { ...first.headers, ce_streamversion: '3000000000' } },
    ]);
    await sendEvents(log, leadStream('lead-2', 1));
    await runner.runOnce();
    expect(await states(runner)).toEqual([[null, 'poison', 'unreadable']]);
    expect(await leads(runner)).toEqual([{ lead: 'lead-2', version: 1 }]);
    await balanced(runner, log);
  });

  it('I3: a version whose event id is taken is parked where it can be seen and given up, and its stream goes on', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, projection());
    const [first, second] = leadStream('lead-1', 2) as [JourneyEvent, JourneyEvent];
    const taker = touch(first.sourceId, 'v1');
    expect(taker.id).toBe(first.id);
    await sendEvents(log, [taker, first, second]);
    await runner.runOnce();
    expect(await states(runner)).toEqual([
      [1, 'poison', 'event-id-taken'],
      [2, 'queued', 'behind'],
    ]);
    expect(
      await runner.parked.discard('p.journey.leads.0.0', { reason: 'two with one id', by: 'ada' }),
    ).toEqual({ applied: 1, left: 0 });
    expect(await leads(runner)).toEqual([{ lead: 'lead-1', version: 2 }]);
    await balanced(runner, log);
    expect(await runner.verify()).toMatchObject({ equal: true });
  });

  it('I4: trying parked events again in vain leaves no trace, so verify and a rebuild find them as they were', async () => {
    const log = await bench.log(1);
    const [v1, v2, v3] = leadStream('lead-1', 3) as [JourneyEvent, JourneyEvent, JourneyEvent];
    const runner = await bench.runner(
      log,
      projection((event) => event.id === v2.id),
    );
    await sendEvents(log, [v1, v3, v2]);
    await runner.runOnce();
    const before = await states(runner);
    expect(before).toEqual([
      [3, 'gap', 'waiting-for-version'],
      [2, 'poison', 'projector-failed'],
    ]);
    expect(await runner.parked.replay(v2.id)).toEqual({ applied: 0, left: 2 });
    expect(await states(runner)).toEqual(before);
    expect(await runner.verify()).toMatchObject({ equal: true });
    expect(await runner.rebuild()).toMatchObject({ equal: true, switched: true });
    await balanced(runner, log);
  });

  it('gives an event up for good: what waited goes on, a repeat stays given up, the rest is refused with the way out', async () => {
    const log = await bench.log(1);
    const [v1, v2, v3] = leadStream('lead-1', 3) as [JourneyEvent, JourneyEvent, JourneyEvent];
    const runner = await bench.runner(
      log,
      projection((event) => event.id === v2.id),
    );
    await sendEvents(log, [v1, v2, v3, ...leadStream('lead-2', 3).slice(2)]);
    await runner.runOnce();
    const because = { reason: 'sent by a test', by: 'ada' };
    await expect(runner.parked.discard(v3.id, because)).rejects.toMatchObject({ code: 'not-first' });
    await expect(runner.parked.discard('p.journey.leads.0.3', because)).rejects.toMatchObject({
      code: 'waits-for-version',
    });
    await expect(runner.parked.discard(v1.id, because)).rejects.toThrow(ParkedRefusal);
    expect(await runner.parked.discard(v2.id, because)).toEqual({ applied: 1, left: 0 });
    await sendEvents(log, [v2]);
    await runner.runOnce();
    expect(await leads(runner)).toEqual([{ lead: 'lead-1', version: 3 }]);
    expect((await runner.parked.counts()).discarded).toEqual({ events: 2, keys: 1 });
    await balanced(runner, log);
    expect(await runner.verify()).toMatchObject({ equal: true, eventsRead: 5 });
  });

  it('lists page by page', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(
      log,
      projection(() => true),
    );
    await sendEvents(
      log,
      Array.from({ length: 5 }, (_, n) => touch(`t${n}`, 'v')),
    );
    await runner.runOnce();
    const first = await runner.parked.list({ limit: 3 });
    const second = await runner.parked.list({ limit: 3, cursor: first.next ?? '' });
    expect([first.events.length, second.events.length, second.next]).toEqual([3, 2, null]);
  });
});
