import { Database } from '@throughline/postgres';
import { testDatabase } from '@throughline/postgres/testing';
import { EventStore } from '../event-store.ts';
import { migrateEventStore } from '../migrate-event-store.ts';

export interface TestStore {
  readonly url: string;
  readonly database: Database;
  readonly store: EventStore;
  /** the records that wait for the relay, in the order of their ids */
  waiting(): Promise<
    {
      topic: string;
      key: string;
      value: Buffer;
      headers: Record<string, string>;
      timestamp: string;
      event_id: string;
    }[]
  >;
  drop(): Promise<void>;
}

/** An event store in a database of its own. */
export async function testStore(label: string): Promise<TestStore> {
  const { url, drop } = await testDatabase(label);
  const database = await Database.open({ url, name: label });
  await migrateEventStore(database);
  return {
    url,
    database,
    store: new EventStore(database),
    waiting: async () =>
      (
        await database.query<Awaited<ReturnType<TestStore['waiting']>>[number]>(
          'select * from outbox order by id',
        )
      ).rows,
    drop: async () => {
      await database.close();
      await drop();
    },
  };
}
