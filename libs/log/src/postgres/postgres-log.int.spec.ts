import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@throughline/postgres';
import { testDatabase, type TestDatabase } from '@throughline/postgres/testing';
import { TopicMissing } from '../log.error.ts';
import { Collector, eventually, logContract, postgresKit, record, type LogKit } from '../testing/index.ts';
import { HEADS_CHANNEL } from './head-bell.ts';
import { PostgresLog } from './postgres-log.ts';

describe('[log: postgres] keeps the contract (I1, I3, I5)', () => {
  let kit: LogKit;
  beforeAll(async () => void (kit = await postgresKit()));
  afterAll(() => kit.close());

  for (const contractCase of logContract('postgres')) {
    it(`[log: postgres] ${contractCase.name}`, () => contractCase.run(kit));
  }
});

describe('what is stored and told (I1)', () => {
  let test: TestDatabase;
  let database: Database;
  let log: PostgresLog;
  beforeAll(async () => {
    test = await testDatabase('log_stored');
    database = await Database.open({ url: test.url, name: 'test' });
    log = new PostgresLog({ database });
  });
  afterAll(async () => {
    await log.close();
    await database.close();
    await test.drop();
  });
  const some = (count: number) => Array.from({ length: count }, (_, at) => record(`key-${at}`, `${at}`));

  it('[log: postgres] I1 a topic that goes takes its records with it, and none belongs to no partition', async () => {
    for (const name of ['gone', 'kept']) {
      await log.createTopics([{ name, partitions: 2 }]);
      await log.send(name, some(10));
    }
    await database.query('delete from log_topic where topic = $1', ['gone']);
    const { rows } = await database.query(
      'select topic, count(*)::int as records from log_record group by topic',
    );
    expect(rows).toEqual([{ topic: 'kept', records: 10 }]);
    await expect(log.send('gone', some(1))).rejects.toThrow(TopicMissing);
  });

  it('[log: postgres] listeners are told every head that moved, however many partitions that are', async () => {
    await log.createTopics([{ name: 'told', partitions: 700 }]);
    const told = new Map<number, string>();
    const stop = await database.listen(HEADS_CHANNEL, (payload) => {
      if (payload === '') return;
      const [topic, heads] = JSON.parse(payload) as [string, [number, string][]];
      if (topic === 'told') for (const [partition, next] of heads) told.set(partition, next);
    });
    await Promise.all([log.send('told', some(2_000)), log.send('told', some(500))]);
    const moved = (await log.marks('told')).filter(({ high }) => high > 0n);
    const heads = new Map(moved.map(({ partition, high }) => [partition, high.toString()]));
    await eventually('all heads', () =>
      [...heads].every(([partition, next]) => told.get(partition) === next),
    );
    expect(told).toEqual(heads);
    await stop();
  });
});

describe('a group on the embedded log (I5)', () => {
  let database: TestDatabase;
  beforeAll(async () => void (database = await testDatabase('log_group')));
  afterAll(() => database.drop());

  it("[log: postgres] a silent owner's partitions are taken over", async () => {
    const [frozen, other] = [
      new PostgresLog({ url: database.url, membershipMs: 60_000, frozenMs: 300 }),
      new PostgresLog({ url: database.url, membershipMs: 100, frozenMs: 300 }),
    ];
    await frozen.createTopics([{ name: 'frozen', partitions: 4 }]);
    const first = await frozen.subscribe(new Collector('group', ['frozen']));
    expect(first.owned().length).toBe(4);
    const second = await other.subscribe(new Collector('group', ['frozen']));
    await eventually('the takeover', () => second.owned().length === 4 && first.owned().length === 0);
    await frozen.close();
    await other.close();
  });

  it('[log: postgres] three members share twelve partitions, each with one owner', async () => {
    const logs = [1, 2, 3].map(() => new PostgresLog({ url: database.url, membershipMs: 100, poolSize: 2 }));
    await logs[0]?.createTopics([{ name: 'shared', partitions: 12 }]);
    const running = await Promise.all(logs.map((log) => log.subscribe(new Collector('group', ['shared']))));
    await eventually('four each', () => running.every((it) => it.owned().length === 4));
    const owned = running.flatMap((it) => it.owned().map(({ partition }) => partition));
    expect(new Set(owned).size).toBe(12);
    await Promise.all(logs.map((log) => log.close()));
  });
});
