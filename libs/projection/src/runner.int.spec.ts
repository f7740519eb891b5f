import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { memoryLog, MemoryStore, type Batch } from '@throughline/log';
import { LIMITS, type StateTable } from './index.ts';
import {
  Bench,
  described,
  exampleProjection,
  leadStream,
  sendEvents,
  touch,
  wholePartition,
} from './testing/index.ts';

describe('ProjectionRunner', () => {
  let bench: Bench;
  let count = 0;
  beforeAll(async () => {
    bench = await Bench.start('runner');
  });
  afterAll(() => bench.end());
  const named = () => ({ ...exampleProjection(), name: `runner_${(count += 1)}` });

  it('applies every event once and answers who waits for it', async () => {
    const log = await bench.log();
    const runner = await bench.runner(log, named());
    const sent = await sendEvents(log, [touch('t1', 'v1'), ...leadStream('lead-1', 3)]);
    const running = await log.subscribe(runner.subscription());
    const last = sent.at(-1)?.placement;
    expect(await runner.waitFor(`p.${last?.topic}.${last?.partition}.${last?.offset}`, 10_000)).toBe(
      'applied',
    );
    expect(await runner.waitFor(`e.${sent[0]?.event.id}`, 10_000)).toBe('applied');
    await running.stop();
    expect(await bench.rows(runner, 'select lead, version, trail from lead')).toEqual([
      { lead: 'lead-1', version: 3, trail: ['lead.captured', 'lead.qualified', 'lead.offered'] },
    ]);
    expect(await bench.rows(runner, 'select visitor from touch')).toEqual([{ visitor: 'v1' }]);
    await bench.rows(
      runner,
      `update projection.processing_log set at = now() - interval '31 days' where event_id = '${sent[0]?.event.id}'`,
    );
    expect(await runner.trimProcessingLog()).toBe(1);
    expect(await bench.rows(runner, 'select distinct hop from projection.processing_log')).toEqual([
      { hop: 'projected' },
    ]);
  });

  it('waits for what is parked or does not come, and refuses what is no token', async () => {
    const log = await bench.log(1);
    const poison = touch('bad', 'v');
    const runner = await bench.runner(log, {
      ...exampleProjection({ poison: ({ id }) => id === poison.id }),
      name: 'waits',
    });
    await sendEvents(log, [poison]);
    await runner.runOnce();
    expect(await runner.waitFor(`e.${poison.id}`, 1_000)).toBe('parked');
    expect(await runner.waitFor('p.journey.touches.0.0', 1_000)).toBe('parked');
    expect(await runner.waitFor('p.journey.touches.0.1', 40)).toBe('timed-out');
    await expect(runner.waitFor('p.journey.touches', 40)).rejects.toThrow(RangeError);
  });

  it('tells how far behind it is, in events and in seconds since the oldest was taken', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, named());
    await sendEvents(log, [touch('t1', 'v1'), touch('t2', 'v2')]);
    const touches = async () => (await runner.lag()).find(({ topic }) => topic === 'journey.touches');
    const before = await touches();
    expect(before).toMatchObject({ position: 0n, high: 2n, events: 2n });
    expect(before?.seconds).toBeGreaterThan(60);
    await runner.runOnce();
    expect(await touches()).toMatchObject({ position: 2n, events: 0n, seconds: 0 });
  });

  it('tells how far behind it is where records that it never applied were deleted', async () => {
    const store = new MemoryStore();
    const log = memoryLog({ store });
    const projection = named();
    await log.createTopics(projection.topics.map((name) => ({ name, partitions: 1 })));
    const runner = await bench.runner(log, projection);
    await sendEvents(log, [touch('t1', 'v1'), touch('t2', 'v2')]);
    const touches = async () => (await runner.lag()).find(({ topic }) => topic === 'journey.touches');
    store.deleteBefore('journey.touches', 0, 1n);
    const left = await touches();
    expect(left).toMatchObject({ position: 0n, high: 2n, events: 2n });
    expect(left?.seconds).toBeGreaterThan(60);
    store.deleteBefore('journey.touches', 0, 2n);
    expect(await touches()).toMatchObject({ position: 0n, high: 2n, events: 2n, seconds: 0 });
  });

  it('I4: a row folded just now and one read back are the same to a projector', async () => {
    const log = await bench.log(1);
    const seen: unknown[] = [];
    const odd: StateTable = {
      name: 'odd',
      kind: 'state',
      columns: {
        id: 'text',
        big: 'bigint',
        at: 'timestamptz',
        day: 'date',
        doc: 'jsonb',
        small: 'int',
        missing: 'text',
      },
      primaryKey: 'id',
      keyOf: ({ name, key }) => (name === 'account.described' ? key : null),
      evolve: (row, { key }) => {
        if (row) seen.push(row);
        return {
          id: key,
          big: 7,
          at: '2026-03-01T10:00:00+01:00',
          day: '2026-03-01',
          doc: { b: [1], aa: null },
          small: 3,
        };
      },
    };
    const tables = [...exampleProjection().tables, odd];
    const day = '2026-03-01T00:00:00.000Z';
    const [a, b, c] = ['a', 'b', 'c'].map((id) => described(id, 'acme', 1, day));
    for (const batch of [1, 3]) {
      const runner = await bench.runner(log, { ...named(), tables });
      if (batch === 1)
        await sendEvents(
          log,
          [a, b, c].flatMap((event) => event ?? []),
        );
      await runner.runOnce(batch);
    }
    expect(seen).toHaveLength(4);
    for (const row of seen) expect(JSON.stringify(row)).toBe(JSON.stringify(seen[0]));
    expect(seen[0]).toMatchObject({ big: '7', at: '2026-03-01T09:00:00.000Z', missing: null });
  });

  it('I6: an id that another partition is applying at this moment becomes a repeat when that has committed', async () => {
    const log = await bench.log(3);
    const runner = await bench.runner(log, named());
    const twins = ['one', 'two', 'three', 'four', 'five'].map((account) =>
      described('twin', account, 10, '2026-03-01T00:00:00.000Z'),
    );
    const sent = await sendEvents(log, twins);
    const [first] = sent;
    const other = sent.find(({ placement }) => placement.partition !== first?.placement.partition);
    const batches = await Promise.all(
      [first, other].map((it) => wholePartition(log, 'journey.identities', it?.placement.partition ?? 0)),
    );
    const [held, racing] = batches as [Batch, Batch];
    const fence = await runner.live();
    const applied = Promise.withResolvers<null>();
    const release = Promise.withResolvers<null>();
    const holding = bench.database.transaction(async (tx) => {
      await runner.applier.apply(tx, fence, held, LIMITS);
      applied.resolve(null);
      await release.promise;
    });
    await Promise.race([applied.promise, holding]);
    const waiting = runner.applyBatch(racing);
    await bench.someoneWaits();
    release.resolve(null);
    await holding;
    await waiting;
    const accounts = await runner.accounting();
    const sum = (of: 'applied' | 'conflicts' | 'parked') => accounts.reduce((all, it) => all + it[of], 0);
    const records = held.records.length + racing.records.length;
    expect([sum('applied'), sum('conflicts'), sum('parked')]).toEqual([1, records - 1, 0]);
  });
});
