import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError } from '@throughline/decider';
import { partitionOf, type Log } from '@throughline/log';
import { ReactorRunner, StaleOwner, type React } from './index.ts';
import { Bench, leadStream, sendEvents, wholePartition } from './testing/index.ts';

describe('ReactorRunner', () => {
  let bench: Bench;
  let log: Log;
  let count = 0;
  const runners: ReactorRunner[] = [];
  beforeAll(async () => {
    bench = await Bench.start('reactor');
    await bench.database.query('create table command (id uuid primary key, lead text)');
  });
  beforeEach(async () => {
    log = await bench.log(1);
    await bench.database.query('truncate command');
  });
  afterAll(async () => {
    await Promise.all(runners.map((runner) => runner.close()));
    await bench.end();
  });

  const insert: React = async (tx, events) => {
    for (const { id, key } of events) {
      if (key === 'lead-refused') throw new DomainError('already-converted', 'nothing to do');
      await tx.query('insert into command values ($1, $2)', [id, key === 'lead-broken' ? null : key]);
      if (key === 'lead-broken') throw new TypeError('a defect');
    }
  };
  const reactor = async (react: React = insert, grouped = false) => {
    const name = `react_${(count += 1)}`;
    const runner = new ReactorRunner({
      database: bench.database,
      log,
      name,
      topics: ['journey.leads'],
      ...{ react, grouped },
    });
    runners.push(runner);
    await runner.prepare();
    return runner;
  };
  const commands = async () =>
    (await bench.database.query<{ lead: string }>('select lead from command order by lead')).rows.map(
      ({ lead }) => lead,
    );

  it('I1: moves its position in the transaction of its commands, and a repeat causes nothing', async () => {
    const runner = await reactor();
    await sendEvents(log, [
      ...leadStream('lead-1', 1),
      ...leadStream('lead-2', 1),
      ...leadStream('lead-1', 1),
    ]);
    await runner.runOnce();
    expect(await commands()).toEqual(['lead-1', 'lead-2']);
    const batch = await wholePartition(log, 'journey.leads', 0);
    await expect(runner.applyBatch(batch)).rejects.toThrow(StaleOwner);
    expect(await commands()).toEqual(['lead-1', 'lead-2']);
  });

  it('records a refusal and goes on; it is not parked', async () => {
    const runner = await reactor();
    await sendEvents(
      log,
      ['lead-1', 'lead-refused', 'lead-2'].flatMap((lead) => leadStream(lead, 1)),
    );
    await runner.runOnce();
    expect(await commands()).toEqual(['lead-1', 'lead-2']);
    expect(await runner.refusals(10)).toMatchObject([
      { code: 'already-converted', message: 'nothing to do' },
    ]);
    expect((await runner.parked.list({ limit: 10 })).events).toEqual([]);
  });

  it('I7: parks what a defect fails at, with nothing of it done, and takes it again on replay', async () => {
    let broken = true;
    const runner = await reactor((tx, events) =>
      broken
        ? insert(tx, events)
        : insert(
            tx,
            events.map((event) => ({ ...event, key: 'lead-mended' })),
          ),
    );
    await sendEvents(
      log,
      ['lead-1', 'lead-broken', 'lead-2'].flatMap((lead) => leadStream(lead, 1)),
    );
    await runner.runOnce();
    expect(await commands()).toEqual(['lead-1', 'lead-2']);
    const { events } = await runner.parked.list({ limit: 10 });
    expect(events).toMatchObject([{ key: 'lead-broken', state: 'poison' }]);
    broken = false;
    expect(await runner.parked.replay(events[0]?.eventId ?? '')).toEqual({ applied: 1, left: 0 });
    expect(await commands()).toEqual(['lead-1', 'lead-2', 'lead-mended']);
  });

  it('I7: parks nothing where the database is not the one that the program needs, and goes on once it is', async () => {
    const runner = await reactor(async (tx, events) => {
      await tx.query('select fitting from command');
      await insert(tx, events);
    });
    await sendEvents(log, leadStream('lead-1', 1));
    await expect(runner.runOnce()).rejects.toThrow('"fitting" does not exist');
    expect(await runner.parked.counts()).toEqual({});
    await bench.database.query('alter table command add column fitting text');
    await runner.runOnce();
    await bench.database.query('alter table command drop column fitting');
    expect(await commands()).toEqual(['lead-1']);
  });

  it.each([
    ['a transaction each', false, 2],
    ['one where it may', true, 1],
  ])('takes batches of two partitions in %s', async (_, grouped, expected) => {
    log = await bench.log(2);
    const transactions = new Set<string>();
    const runner = await reactor(async (tx, events) => {
      const { rows } = await tx.query<{ id: string }>('select pg_current_xact_id()::text as id');
      transactions.add(rows[0]?.id ?? '');
      await insert(tx, events);
    }, grouped);
    await sendEvents(log, [...leadStream(leadIn(0), 1), ...leadStream(leadIn(1), 1)]);
    await Promise.all(await bothBatches(runner));
    expect(await commands()).toEqual([leadIn(0), leadIn(1)].toSorted());
    expect(transactions.size).toBe(expected);
  });

  it('I7: parks the defect of one partition in a group, and does what the other asks for', async () => {
    log = await bench.log(2);
    const runner = await reactor(insert, true);
    const broken = partitionOf('lead-broken', 2);
    await sendEvents(log, [...leadStream('lead-broken', 1), ...leadStream(leadIn(1 - broken), 1)]);
    await Promise.all(await bothBatches(runner));
    expect(await commands()).toEqual([leadIn(1 - broken)]);
    expect((await runner.parked.list({ limit: 10 })).events).toMatchObject([{ key: 'lead-broken' }]);
  });

  const leadIn = (partition: number) =>
    ['lead-1', 'lead-2', 'lead-3', 'lead-4'].find((lead) => partitionOf(lead, 2) === partition) ?? '';
  const bothBatches = async (runner: ReactorRunner) => {
    const batches = [0, 1].map((partition) => wholePartition(log, 'journey.leads', partition));
    return (await Promise.all(batches)).map((batch) => runner.applyBatch(batch));
  };
});
