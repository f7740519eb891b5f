import { eventId, fromRecord } from '@throughline/contracts';
import { foreignIn, type LogRecord } from '@throughline/log';
import { commandOf, UNKNOWN_HASH } from '../command.ts';
import { COMMAND_HASH, type DecisionEvent, type PlacedEvent } from '../stored-event.ts';

/** What the headers of a record say that it is; little is decoded, as nearly all of them are in the store. */
export interface Claim {
  readonly record: LogRecord;
  readonly stream: string;
  readonly version: number;
  readonly id: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const VERSION = /^[1-9]\d{0,9}$/;

/** Null where the record is no decision in the place of its stream. */
export function claimOf(record: LogRecord): Claim | null {
  if (foreignIn(record) !== null) return null;
  const { ce_stream: stream, ce_streamversion: version, ce_source: source, ce_id: sourceId } = record.headers;
  if (!stream || stream !== record.key || stream.includes('\0') || !version || !VERSION.test(version))
    return null;
  if (!source || !sourceId) return null;
  const id = record.headers['ce_eventid'] ?? eventId(source, sourceId);
  return UUID.test(id) ? { record, stream, version: Number(version), id } : null;
}

/** A decision of a store as the log has it, which the store can take back. */
export interface Logged extends PlacedEvent {
  readonly event: DecisionEvent;
  /** the bytes that were published */
  readonly data: string;
}

/** Null where no store of this platform has made the record: then no store lacks it. */
export function loggedIn({ record, id }: Claim): Logged | null {
  try {
    const event = fromRecord(record) as DecisionEvent;
    const command = commandOf(event.sourceId, event.name);
    if (command === null || event.id !== id || id !== eventId(event.source, event.sourceId)) return null;
    const { source, recordedAt, traceparent, tracestate } = event;
    const hash = record.headers[COMMAND_HASH] ?? UNKNOWN_HASH;
    const cause = { ...command, hash, source, recordedAt, traceparent, tracestate };
    return { event, cause, data: record.value.toString('utf8') };
  } catch {
    return null;
  }
}
