import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@throughline/postgres';
import { testDatabase, type TestDatabase } from '@throughline/postgres/testing';
import { Collector, record } from '../testing/index.ts';
import { PostgresLog } from './postgres-log.ts';

const PARTITIONS = 12;

describe('reading for a subscription on the embedded log', () => {
  let test: TestDatabase;
  let database: Database;
  const asked: string[] = [];
  let log: PostgresLog;
  beforeAll(async () => {
    test = await testDatabase('log_reading');
    database = await Database.open({ url: test.url, name: 'test' });
    const heard = new Proxy(database, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...given: unknown[]): unknown => {
          if (name === 'query') asked.push(String(given[0]));
          return Reflect.apply(member, target, given);
        };
      },
    });
    log = new PostgresLog({ database: heard });
    await log.createTopics([{ name: 'read', partitions: PARTITIONS }]);
  });
  afterAll(async () => {
    await log.close();
    await database.close();
    await test.drop();
  });

  const some = (label: string, count: number, key?: string) =>
    Array.from({ length: count }, (_, n) => record(key ?? `${label}-${n}`, `${label} ${n}`));
  const reads = () => asked.splice(0).filter((text) => text.includes('log_record')).length;

  it('[log: postgres] what reaches all partitions at once is read in fewer statements than there are', async () => {
    const collector = new Collector('reading', ['read']);
    const running = await log.subscribe(collector);
    await log.send('read', some('first', 1));
    await collector.waitFor(({ records }) => records.length === 1, 'the first record');
    reads();
    await log.send('read', some('many', 600));
    await collector.waitFor(({ records }) => records.length === 601, 'the others');
    expect(new Set(collector.records.map(({ partition }) => partition)).size).toBe(PARTITIONS);
    expect(reads()).toBeLessThan(PARTITIONS / 2);
    await running.stop();
  });

  it('[log: postgres] I3 a partition that is far behind is read whole and in order beside the others', async () => {
    await log.send('read', some('far', 1_500, 'one key'));
    const collector = new Collector('behind', ['read']);
    const running = await log.subscribe(collector);
    await log.send('read', some('near', 100));
    await collector.waitFor(({ records }) => records.length === 2_201, 'all of them');
    const far = collector.records.filter(({ key }) => key === 'one key');
    expect(far.map(({ value }) => value.toString())).toEqual(
      some('far', 1_500).map(({ value }) => value.toString()),
    );
    await running.stop();
  });
});
