import { migrate, type Database } from '@throughline/postgres';

/** Brings the tables of the event store, the outbox and the processing log to their newest shape. */
export function migrateEventStore(database: Database): Promise<void> {
  return migrate(database, 'event-store', new URL('../migrations/', import.meta.url));
}
