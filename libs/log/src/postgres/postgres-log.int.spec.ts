import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@throughline/postgres/testing';
import { Collector, eventually, logContract, postgresKit, type LogKit } from '../testing/index.ts';
import { PostgresLog } from './postgres-log.ts';

describe('[log: postgres] keeps the contract (I1, I3, I5)', () => {
  let kit: LogKit;
  beforeAll(async () => void (kit = await postgresKit()));
  afterAll(() => kit.close());

  for (const contractCase of logContract('postgres')) {
    it(`[log: postgres] ${contractCase.name}`, () => contractCase.run(kit));
  }
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
