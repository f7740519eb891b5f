import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toRecord, type JourneyEvent } from '@throughline/contracts';
import type { Log, NewRecord } from '@throughline/log';
import fc from 'fast-check';
import { readDiscards } from './applier.ts';
import { buildAnew } from './build-anew.ts';
import { createBuild, holdBuilds } from './builds.ts';
import { addPositionsOf } from './catch-up.ts';
import { digest, digestedTables } from './digest.ts';
import { load } from './load.ts';
import { StaleOwner, vector, within } from './positions.ts';
import type { FactTable, Projection, ProjectionRunner } from './index.ts';
import {
  Bench,
  described,
  exampleProjection,
  leadStream,
  linked,
  sendEvents,
  touch,
  unlinked,
} from './testing/index.ts';

const DAY = '2026-03-01T00:00:00.000Z';
const LATER = '2026-03-02T00:00:00.000Z';

/** The database takes a number only; a visitor may be called otherwise. */
const numbers: FactTable = {
  name: 'number',
  kind: 'fact',
  columns: { event_id: 'uuid not null', visitor: 'int' },
  primaryKey: ['event_id'],
  rows: ({ id, name, data }) =>
    name === 'touch.recorded' ? [{ event_id: id, visitor: (data as { visitor: string }).visitor }] : [],
};

/** What may happen to a record on its way, besides arriving. */
type Mishap = 'none' | 'none' | 'twice' | 'late' | 'lost' | 'spoilt' | 'changed';

describe('a build that is loaded', () => {
  let bench: Bench;
  let count = 0;
  beforeAll(async () => {
    bench = await Bench.start('load');
  });
  afterAll(() => bench.end());

  const projection = (poison?: (event: JourneyEvent) => boolean): Projection => {
    const example = exampleProjection(poison ? { poison } : {});
    const tables = [...example.tables, numbers];
    return { ...example, tables, name: `load_${(count += 1)}`, extras: ['create index on touch (visitor)'] };
  };
  const wanted = async (runner: ProjectionRunner) => {
    const { schema } = await runner.live();
    const target = await within(bench.database, schema, (tx) => vector(tx));
    return { target, discards: await readDiscards(bench.database, runner.options.projection.name) };
  };
  const madeFor = async (runner: ProjectionRunner) => {
    const name = `${runner.options.projection.name}_beside`;
    const { target, discards } = await wanted(runner);
    const build = await bench.database.transaction(async (tx) => {
      await holdBuilds(tx, name);
      const made = await createBuild(tx, { ...runner.options.projection, name }, 'building', 'later');
      await addPositionsOf(tx, target);
      return made;
    });
    const fence = { schema: build.schema, states: [build.state] };
    const { database, log, projection: mine } = runner.options;
    return { job: { database, log, projection: mine, applier: runner.applier, fence, discards }, target };
  };
  const digests = (runner: ProjectionRunner, schema: string) =>
    bench.database.transaction((tx) => digest(tx, schema, digestedTables(runner.options.projection), 'full'));
  const shapes = async (schema: string) => {
    const { rows } = await bench.database.query<{ index: string }>(
      `select replace(indexdef, schemaname || '.', '') as index from pg_indexes where schemaname = $1 order by 1`,
      [schema],
    );
    return rows.map(({ index }) => index);
  };

  const unstorable = touch('t3', 'x');
  const told: readonly JourneyEvent[] = [
    ...leadStream('lead-1', 4),
    ...leadStream('lead-2', 3),
    ...leadStream('lead-3', 2),
    ...['1', '2', '3'].map((visitor, n) => touch(`t${n}`, visitor)),
    unstorable,
    described('a1', 'acme', 10, DAY),
    described('a2', 'acme', 20, LATER),
    linked('l1', 'visitor-is-person', 'v1', 'p1', DAY),
    linked('l2', 'visitor-is-person', 'v1', 'p2', LATER),
    unlinked('l3', 'visitor-is-person', 'v1', 'p2', LATER),
    linked('s1', 'same-person', 'p1', 'p2', DAY),
    linked('s2', 'same-person', 'p3', 'p2', DAY),
    linked('m1', 'person-in-account', 'p1', 'acme', DAY),
    unlinked('m2', 'person-in-account', 'p1', 'acme', LATER),
  ];
  const changed = (record: NewRecord): NewRecord => ({
    ...record,
    headers: { ...record.headers, ce_time: '2026-04-01T00:00:00.000Z' },
  });
  const spoilt = (record: NewRecord): NewRecord => ({ ...record, value: Buffer.from('{') });

  /** The records as they arrive: in the order told, but for what went wrong. */
  const delivered = (mishaps: readonly Mishap[]) => {
    const late: (NewRecord & { topic: string })[] = [];
    const now = told.flatMap((event, at) => {
      const record = toRecord(event);
      const mishap = mishaps[at];
      if (mishap === 'twice' || mishap === 'late') late.push(record);
      if (mishap === 'changed') late.push({ ...record, ...changed(record) });
      if (mishap === 'lost' || mishap === 'late') return [];
      return [mishap === 'spoilt' ? { ...record, ...spoilt(record) } : record];
    });
    return [...now, ...late];
  };
  const sendAll = async (log: Log, records: readonly (NewRecord & { topic: string })[]) => {
    for (const { topic, ...record } of records) await log.send(topic, [record]);
  };

  it('I3, I4, I6, I7: ends as the live way did, whatever went wrong in the log and wherever batches are cut', async () => {
    const aMishap = fc.constantFrom<Mishap>('none', 'none', 'twice', 'late', 'lost', 'spoilt', 'changed');
    const aCase = fc.record({
      mishaps: fc.array(aMishap, { minLength: told.length, maxLength: told.length }),
      poison: fc.nat(told.length),
      discards: fc.nat(3),
      batchSize: fc.integer({ min: 1, max: 8 }),
      refused: fc.boolean(),
    });
    const property = fc
      .asyncProperty(aCase, async ({ mishaps, poison, discards, batchSize, refused }) => {
        const log = await bench.log(2);
        const runner = await bench.runner(
          log,
          projection(({ id }) => id === told[poison]?.id),
        );
        // without the row that the database refuses, everything is loaded in one transaction
        const those = mishaps.map((mishap, at) => (refused || told[at] !== unstorable ? mishap : 'lost'));
        await sendAll(log, delivered(those));
        await runner.runOnce();
        for (const { place, state } of (await runner.parked.list({ limit: discards })).events) {
          if (state === 'poison') await runner.parked.discard(place, { reason: 'given up', by: 'ada' });
        }
        const { job, target } = await madeFor(runner);
        expect(await load({ ...job, batchSize }, target)).toBe(
          target.reduce((sum, it) => sum + Number(it.next), 0),
        );
        const { schema } = await runner.live();
        expect(await digests(runner, job.fence.schema)).toEqual(await digests(runner, schema));
        const stands = (of: string) =>
          within(bench.database, of, (tx) => tx.query('select * from position order by 1, 2'));
        const [loaded, live] = [await stands(job.fence.schema), await stands(schema)];
        const place = ({ updated_at: _, ...rest }: Record<string, unknown>) => rest;
        expect(loaded.rows.map(place)).toEqual(live.rows.map(place));
      })
      .afterEach(() => bench.closeRunners());
    await fc.assert(property, { numRuns: 15 });
  }, 180_000);

  it('keeps to what was given up, although the projectors would take it now', async () => {
    const log = await bench.log(1);
    let sick = true;
    const runner = await bench.runner(
      log,
      projection(({ id }) => sick && [touch('t1', '1').id, leadStream('lead-1', 1)[0]?.id].includes(id)),
    );
    await sendEvents(log, told);
    await runner.runOnce();
    for (const { place, state } of (await runner.parked.list({ limit: 9 })).events)
      if (state === 'poison') await runner.parked.discard(place, { reason: 'wrong', by: 'ada' });
    sick = false;
    const { job, target } = await madeFor(runner);
    await load(job, target);
    expect(await digests(runner, job.fence.schema)).toEqual(
      await digests(runner, (await runner.live()).schema),
    );
  });

  it('has the keys and indexes of a build that was filled record by record', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, projection());
    await sendEvents(log, told);
    await runner.runOnce();
    const { job, target } = await madeFor(runner);
    await load(job, target);
    expect(await shapes(job.fence.schema)).toEqual(await shapes((await runner.live()).schema));
  });

  it('I4: takes an id that comes again under another key as the live way does: in a partition the first stands', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, projection());
    const twin = (account: string) => described('twin', account, 10, DAY);
    await sendEvents(log, [twin('one'), twin('two'), touch('t1', '1'), twin('one')]);
    await runner.runOnce();
    const { job, target } = await madeFor(runner);
    await load({ ...job, batchSize: 1 }, target);
    expect(await digests(runner, job.fence.schema)).toEqual(
      await digests(runner, (await runner.live()).schema),
    );
  });

  it('I5: a load whose build was taken over writes nothing more', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, projection());
    await sendEvents(log, told);
    await runner.runOnce();
    const { job, target } = await madeFor(runner);
    await within(bench.database, job.fence.schema, (tx) => tx.query('update position set next_offset = 1'));
    await expect(load(job, target)).rejects.toThrow(StaleOwner);
    const { rows } = await within(bench.database, job.fence.schema, (tx) => tx.query('select 1 from entry'));
    expect(rows).toEqual([]);
  });

  it('I5: a load that breaks off leaves neither rows nor a position', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, projection());
    await sendEvents(log, told);
    await runner.runOnce();
    const { job, target } = await madeFor(runner);
    const cut: Log = Object.assign(Object.create(log) as Log, {
      async *read(range: Parameters<Log['read']>[0]) {
        let batches = 0;
        for await (const batch of log.read(range)) {
          if ((batches += 1) > 2) throw new Error('the log went away');
          yield batch;
        }
      },
    });
    await expect(load({ ...job, log: cut, batchSize: 2 }, target)).rejects.toThrow('the log went away');
    const left = await within(bench.database, job.fence.schema, (tx) =>
      tx.query('select event_id::text from entry union all select lead from lead'),
    );
    expect(left.rows).toEqual([]);
    const stands = await within(bench.database, job.fence.schema, (tx) => vector(tx));
    expect(stands.map(({ next }) => next)).toEqual(stands.map(() => 0n));
  });

  it('tells every record once, although rows that are refused are loaded again', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, projection());
    await sendEvents(log, [touch('t0', '0'), touch('t1', '1'), unstorable]);
    await runner.runOnce();
    const { job, target } = await madeFor(runner);
    let told = 0;
    await load({ ...job, batchSize: 1, onBatch: (events) => (told += events) }, target);
    expect(told).toBe(3);
  });

  it('I7: is made again record by record where a key is refused, which parks the one event', async () => {
    const log = await bench.log(1);
    const double: FactTable = {
      ...numbers,
      name: 'double',
      rows: (event) => [...numbers.rows(event), ...numbers.rows(event)],
    };
    const mine = projection();
    const runner = await bench.runner(log, {
      ...mine,
      tables: [
        ...mine.tables,
        { ...double, rows: (event) => (event.id === touch('t1', '1').id ? double.rows(event) : []) },
      ],
    });
    await sendEvents(log, [touch('t0', '0'), touch('t1', '1'), touch('t2', '2')]);
    await runner.runOnce();
    expect(await runner.parked.counts()).toEqual({ poison: { events: 1, keys: 1 } });
    const { job, target } = await madeFor(runner);
    await expect(load(job, target)).rejects.toMatchObject({ code: '23505' });
    const { build } = await buildAnew(runner, { name: `${mine.name}_beside`, ...(await wanted(runner)) });
    expect(await digests(runner, build.schema)).toEqual(await digests(runner, (await runner.live()).schema));
  });
});
