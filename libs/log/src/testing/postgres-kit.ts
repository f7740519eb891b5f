import { randomUUID } from 'node:crypto';
import { Database, type Queryable } from '@throughline/postgres';
import { testDatabase } from '@throughline/postgres/testing';
import type { Log, NewRecord } from '../log.ts';
import { appendRecords } from '../postgres/append-records.ts';
import { PostgresLog, type PostgresLogOptions } from '../postgres/postgres-log.ts';
import type { LogKit } from './log-kit.ts';

/** How a transaction that stays open appends: `open` is in it, `committed` commits at once. */
export type AppendOpen = (
  open: Queryable,
  committed: Queryable,
  topic: string,
  records: readonly NewRecord[],
) => Promise<unknown>;

/** `make` and `append` are where a mutant is put in. */
export async function postgresKit(
  make: (options: PostgresLogOptions) => Log = (options) => new PostgresLog(options),
  append: AppendOpen = (open, _, topic, records) => appendRecords(open, topic, 1, records),
): Promise<LogKit> {
  const test = await testDatabase('log');
  const database = await Database.open({ url: test.url, name: 'log kit' });
  const logs: Log[] = [];
  const connect = () => {
    const log = make({ url: test.url, poolSize: 3, haltedMs: 200, membershipMs: 100, batchSize: 2 });
    logs.push(log);
    return log;
  };
  const admin = new PostgresLog({ database });
  const topic = async (partitions = 3) => {
    const name = `test.${randomUUID()}`;
    await admin.createTopics([{ name, partitions }]);
    return name;
  };
  const held = await database.session();
  return {
    kind: 'postgres',
    connect,
    topic,
    deleteBefore: (name, partition, offset) =>
      database.transaction(async (tx) => {
        const place = [name, partition, offset.toString()];
        await tx.query('delete from log_record where topic = $1 and partition = $2 and "offset" < $3', place);
        await tx.query('update log_partition set low = $3 where topic = $1 and partition = $2', place);
      }),
    recreate: async (name, partitions) => {
      await database.query('delete from log_topic where topic = $1', [name]);
      await admin.createTopics([{ name, partitions }]);
    },
    misconfigured: async () => ({
      topic: { name: await topic(2), partitions: 3 },
      setting: 'partitions',
      wanted: '3',
    }),
    connectSilenceable: async () => ({
      log: connect(),
      silence: async () => {
        await held.query('begin');
        await held.query('lock table log_partition in exclusive mode');
      },
      restore: async () => void (await held.query('rollback')),
    }),
    appendOpen: async (name, records) => {
      const session = await database.session();
      await session.query('begin');
      await append(session, database, name, records);
      return {
        commit: async () => {
          await session.query('commit');
          await session.close();
        },
      };
    },
    close: async () => {
      await Promise.all(logs.map((log) => log.close()));
      await admin.close();
      await database.close();
      await test.drop();
    },
  };
}
