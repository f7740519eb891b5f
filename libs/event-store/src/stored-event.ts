import {
  checkData,
  definition,
  eventId,
  toRecord,
  type DecisionName,
  type EventData,
  type JourneyEvent,
  type Precision,
} from '@throughline/contracts';
import { sourceIdOf, UNKNOWN_HASH, type StoredEvent } from './command.ts';

/** A row of the table event, as the driver gives it. */
export interface EventRow {
  readonly stream: string;
  readonly version: string;
  readonly event_id: string;
  readonly name: DecisionName;
  readonly schema_version: number;
  readonly data: string;
  readonly occurred_at: string | null;
  readonly precision: Precision;
  readonly inferred: readonly string[];
  readonly source: string;
  readonly recorded_at: string;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  readonly command_id: string;
  readonly command_hash: string;
  readonly command_index: number;
}

/** What a decision says, before it has its place: ids, version and provenance come from the command. */
export interface EventToStore {
  readonly name: DecisionName;
  readonly data: unknown;
  readonly occurredAt: string | null;
  readonly precision: Precision;
  readonly inferred: readonly string[];
}

/** The command an event comes from, and which of its events it is. */
export interface Cause {
  readonly commandId: string;
  readonly hash: string;
  readonly index: number;
  readonly source: string;
  readonly recordedAt: string;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

/** A decision's event as it is stored. */
export type DecisionEvent = JourneyEvent<DecisionName>;

/** An event with its place, ready to be stored together with the one record that publishes it. */
export interface PlacedEvent {
  readonly event: DecisionEvent;
  readonly cause: Cause;
}

export type Place = NonNullable<JourneyEvent['stream']>;

/** @throws ContractError when the data breaks the schema of its name */
export function place(toStore: EventToStore, cause: Cause, stream: Place): PlacedEvent {
  const { name, occurredAt } = toStore;
  const entry = definition(name);
  const data = checkData(entry, toStore.data) as EventData<DecisionName>;
  const sourceId = sourceIdOf(cause.commandId, name, cause.index);
  const id = eventId(cause.source, sourceId);
  const key = entry.key(data, id);
  if (key !== stream.id)
    throw new Error(`${name} in stream ${stream.id} names ${key}: its data must name its stream.`);
  const event: DecisionEvent = {
    id,
    sourceId,
    source: cause.source,
    name,
    schemaVersion: entry.schemaVersion,
    occurredAt,
    precision: occurredAt === null ? 'unknown' : toStore.precision,
    inferred: [...new Set(toStore.inferred)].sort(),
    recordedAt: cause.recordedAt,
    stream,
    key,
    data,
    traceparent: cause.traceparent,
    tracestate: cause.tracestate,
  };
  return { event, cause };
}

/** What the sender is told of it. */
export function storedEvent({ event: { id, name, stream } }: PlacedEvent): StoredEvent {
  return { id, name, version: stream?.version ?? 0 };
}

/** Header by which a store that was lost knows the commands again whose events it takes back from the log. */
export const COMMAND_HASH = 'ce_commandhash';

/** The record that publishes an event. */
export function recordOf(event: DecisionEvent, hash: string): ReturnType<typeof toRecord> {
  const record = toRecord(event);
  return hash === UNKNOWN_HASH ? record : { ...record, headers: { ...record.headers, [COMMAND_HASH]: hash } };
}

/** The event as append.sql takes it: its row and its record at once, so that both hold the same bytes. */
export function toColumns({ event, cause }: PlacedEvent, n: number): Record<string, unknown> {
  const record = recordOf(event, cause.hash);
  return {
    n,
    topic: record.topic,
    key: record.key,
    data: record.value.toString('utf8'),
    headers: record.headers,
    timestamp: record.timestamp,
    stream: event.stream?.id,
    version: event.stream?.version,
    event_id: event.id,
    name: event.name,
    schema_version: event.schemaVersion,
    occurred_at: event.occurredAt,
    precision: event.precision,
    inferred: event.inferred,
    source: event.source,
    recorded_at: event.recordedAt,
    traceparent: event.traceparent,
    tracestate: event.tracestate,
    command_id: cause.commandId,
    command_hash: cause.hash,
    command_index: cause.index,
  };
}

export function fromRow(row: EventRow): DecisionEvent {
  return {
    id: row.event_id,
    sourceId: sourceIdOf(row.command_id, row.name, row.command_index),
    source: row.source,
    name: row.name,
    schemaVersion: row.schema_version,
    occurredAt: row.occurred_at,
    precision: row.precision,
    inferred: row.inferred,
    recordedAt: row.recorded_at,
    stream: { id: row.stream, version: Number(row.version) },
    key: row.stream,
    data: JSON.parse(row.data) as EventData<DecisionName>,
    traceparent: row.traceparent,
    tracestate: row.tracestate,
  };
}
