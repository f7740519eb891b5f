import { TOPICS } from '@throughline/contracts';
import {
  capture,
  fixture,
  fixtureMeta,
  followUp,
  testStore,
  type TestStore,
} from '@throughline/event-store/testing';
import { memoryLog, postgresLog, readAll, type Log, type LogRecord } from '@throughline/log';
import { testDatabase } from '@throughline/postgres/testing';

export interface RelayKit extends TestStore {
  readonly log: Log;
  /** stores a lead of so many versions */
  lead(id: string, versions: number): Promise<void>;
  /** what the log holds of a topic, in the order of each partition */
  inLog(topic?: string): Promise<LogRecord[]>;
  /** the stream versions in the log, by key, in their order */
  versions(): Promise<Map<string, number[]>>;
  /** what the processing log says about relayed events */
  hops(): Promise<{ event_id: string; topic: string; partition: number; offset: string }[]>;
}

/** Logs to relay to; `postgres` has a database of its own. */
export const logs = {
  memory: async () => ({ log: memoryLog(), gone: () => Promise.resolve() }),
  postgres: async () => {
    const { url, drop } = await testDatabase('relay log');
    return { log: postgresLog({ url }), gone: drop };
  },
} as const;

/** An event store and a log with every topic. */
export async function relayKit(
  label: string,
  open: (typeof logs)[keyof typeof logs] = logs.memory,
): Promise<RelayKit> {
  const { log, gone } = await open();
  await log.createTopics(TOPICS.map((name) => ({ name, partitions: 3 })));
  const test = await testStore(label);
  const inLog = async (topic = 'journey.leads') => {
    const records: LogRecord[] = [];
    for await (const batch of readAll(log, topic)) records.push(...batch.records);
    return records;
  };
  return {
    ...test,
    log,
    inLog,
    lead: async (stream, versions) => {
      const outcomes = Array.from({ length: versions - 1 }, (_, n) => followUp(`outcome ${n}`));
      const commands = [capture, ...outcomes].map((command) => ({ stream, command, meta: fixtureMeta() }));
      await test.store.handleMany({ ...fixture, commands });
    },
    versions: async () => {
      const byKey = Map.groupBy(await inLog(), ({ key }) => key);
      return new Map(
        [...byKey].map(([key, all]) => [key, all.map(({ headers }) => Number(headers['ce_streamversion']))]),
      );
    },
    hops: async () => {
      const hops =
        'select event_id, topic, partition, "offset" from processing_log order by topic, partition, "offset"';
      return (await test.database.query<Awaited<ReturnType<RelayKit['hops']>>[number]>(hops)).rows;
    },
    drop: async () => {
      await test.drop();
      await log.close();
      await gone();
    },
  };
}

/** First occurrences of each number, in order: what a consumer that drops repeats sees. */
export function firsts(versions: readonly number[] | undefined): number[] {
  return [...new Set(versions)];
}

/** Ends every session of this database that holds a relay's lock, as a lost connection does. */
export async function loseLocks({ database }: Pick<RelayKit, 'database'>): Promise<void> {
  const ours = "locktype = 'advisory' and classid = 7205003 and datname = current_database()";
  await database.query(
    `select pg_terminate_backend(pid) from pg_locks join pg_database on pg_database.oid = database where ${ours}`,
  );
}

/** Waits until something holds, looking every 5 ms. @throws after 10 s */
export async function waitFor(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 10_000; !(await holds());) {
    if (performance.now() > end) throw new Error(`waited 10 s in vain for ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
