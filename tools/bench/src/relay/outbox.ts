import { randomUUID } from 'node:crypto';
import { checkData, definition, eventId, toRecord, type EventData } from '@throughline/contracts';
import { addToOutbox } from '@throughline/event-store';
import type { NewRecord } from '@throughline/log';
import type { Database } from '@throughline/postgres';
import { followedUp, RECORDED_AT, SOURCE } from '../append/sample.ts';

const EVENTS_A_STREAM = 10;
const ROWS_A_STATEMENT = 5_000;

/** So many records of leads, ten to a key, as the event store makes them. */
export function outboxRecords(count: number): NewRecord[] {
  const entry = definition('lead.followed-up');
  return Array.from({ length: count }, (_, n) => {
    const stream = `lead-${Math.floor(n / EVENTS_A_STREAM)}`;
    const version = (n % EVENTS_A_STREAM) + 1;
    const sourceId = `command-${n}:lead.followed-up:0`;
    const event = followedUp(stream, version);
    return toRecord({
      ...event,
      data: checkData(entry, event.data) as EventData<'lead.followed-up'>,
      id: eventId(SOURCE, sourceId),
      sourceId,
      source: SOURCE,
      schemaVersion: entry.schemaVersion,
      recordedAt: RECORDED_AT,
      stream: { id: stream, version },
      key: stream,
      traceparent: null,
      tracestate: null,
    });
  });
}

/** Empties the tables that the relay writes and puts the records into the outbox. */
export async function refill(
  database: Database,
  topic: string,
  records: readonly NewRecord[],
): Promise<void> {
  await database.query('truncate outbox, processing_log');
  for (let at = 0; at < records.length; at += ROWS_A_STATEMENT) {
    const rows = records.slice(at, at + ROWS_A_STATEMENT);
    await addToOutbox(
      database,
      rows.map((record) => ({ ...record, topic, eventId: randomUUID() })),
    );
  }
}
