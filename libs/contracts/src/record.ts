import { checkData, definitionFor, LONGEST_NAME, readInferred } from './check.ts';
import { canonicalJson } from './canonical.ts';
import { definition } from './catalogue.ts';
import { ContractError } from './contract.error.ts';
import type { Topic } from './definition.ts';
import type { JourneyEvent } from './event.ts';
import { eventId } from './identifiers.ts';
import { BATCH_BYTES, parseJson } from './json.ts';
import { readOccurrence, refuseAhead, toInstant } from './time.ts';
import { readTraceContext } from './trace-context.ts';

export interface EncodedRecord {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** milliseconds since the epoch: recordedAt */
  readonly timestamp: number;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An event as a record of the log: CloudEvents 1.0 in Kafka's binary mode, the data as canonical JSON. */
export function toRecord(event: JourneyEvent): EncodedRecord & { readonly topic: Topic } {
  const { topic, type } = definition(event.name);
  return {
    topic,
    key: event.key,
    value: Buffer.from(canonicalJson(event.data)),
    headers: headersOf(event, type),
    timestamp: Date.parse(event.recordedAt),
  };
}

function headersOf(event: JourneyEvent, type: string): Record<string, string> {
  const { stream, inferred } = event;
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: event.sourceId,
    ce_source: event.source,
    ce_eventid: event.id,
    ce_type: type,
    ce_precision: event.precision,
    ce_recordedat: event.recordedAt,
    'content-type': 'application/json',
  };
  if (event.occurredAt !== null) headers['ce_time'] = event.occurredAt;
  if (inferred.length > 0) headers['ce_inferred'] = inferred.join(',');
  if (stream !== null) {
    headers['ce_stream'] = stream.id;
    headers['ce_streamversion'] = String(stream.version);
  }
  if (event.traceparent !== null) headers['traceparent'] = event.traceparent;
  if (event.tracestate !== null) headers['tracestate'] = event.tracestate;
  return headers;
}

/** Headers whose text is kept. */
const READ = ['ce_source', 'ce_id', 'ce_stream', 'ce_inferred'] as const;
/** The id of a decision is its command's, the name of the event and a number. */
const LONGEST_ID = 3 * LONGEST_NAME;
const MOST_AHEAD_MS = 24 * 3_600_000;

/**
 * The event that a record of the log holds.
 * @param record with the topic that it was found in: that of its event and no other
 * @throws ContractError for anything that `toRecord` cannot have written, whatever the bytes
 */
export function fromRecord(record: EncodedRecord & { readonly topic: string }): JourneyEvent {
  const { headers } = record;
  for (const name of READ) refuseUnstorable(headers, name);
  const source = required(headers, 'ce_source');
  const sourceId = required(headers, 'ce_id');
  const specversion = required(headers, 'ce_specversion');
  if (specversion !== '1.0') throw bad('ce_specversion', 'the record is not CloudEvents 1.0');
  const entry = definitionFor(required(headers, 'ce_type'));
  if (entry.topic !== record.topic) throw wrongTopic(entry.topic);
  refuseOtherContent(headers['content-type']);
  const stream = readStream(headers);
  if ((stream !== null) !== (entry.kind === 'decision')) {
    throw bad('ce_stream', 'decisions belong to a stream and facts to none');
  }
  const id = readId(headers) ?? eventId(source, sourceId);
  if (stream === null && id !== eventId(source, sourceId)) {
    throw bad('ce_eventid', 'the id of a fact is not that of its ce_source and ce_id');
  }
  const data = checkData(entry, parseJson(record.value, { maxBytes: BATCH_BYTES, at: '/data' }));
  const key = entry.key(data, id);
  if (key !== record.key || (stream && stream.id !== key))
    throw bad('key', 'the key is not that of the event');
  const occurrence = readOccurrence(headers['ce_time'], headers['ce_precision']);
  const recordedAt = readRecordedAt(record);
  if (stream === null) refuseAhead(occurrence.occurredAt, recordedAt);
  return {
    id,
    sourceId,
    source,
    name: entry.name,
    schemaVersion: entry.schemaVersion,
    ...occurrence,
    inferred: readInferred(headers['ce_inferred']),
    recordedAt,
    stream,
    key,
    data,
    ...readTraceContext(headers['traceparent'], headers['tracestate']),
  };
}

function required(headers: EncodedRecord['headers'], name: string): string {
  const value = headers[name];
  if (typeof value === 'string' && value !== '') return value;
  throw bad(name, `the record has no header ${name}`);
}

function refuseUnstorable(headers: EncodedRecord['headers'], name: (typeof READ)[number]): void {
  const text = headers[name] ?? '';
  if (text.includes('\0') || !text.isWellFormed())
    throw bad(name, `${name} has a character that cannot be stored`);
  if (name !== 'ce_inferred' && text.length > LONGEST_ID) throw bad(name, `${name} is too long`);
}

function readStream(headers: EncodedRecord['headers']): JourneyEvent['stream'] {
  const id = headers['ce_stream'];
  const text = headers['ce_streamversion'];
  if (id === undefined && text === undefined) return null;
  const version = /^[1-9]\d{0,14}$/.test(text ?? '') ? Number(text) : 0;
  if (!id || version < 1) throw bad('ce_streamversion', 'a stream needs an id and a version from 1 on');
  return { id, version };
}

function readId(headers: EncodedRecord['headers']): string | null {
  const id = headers['ce_eventid'];
  if (id === undefined) return null;
  if (!UUID.test(id)) throw bad('ce_eventid', 'the event id is not a UUID');
  return id;
}

function readRecordedAt({ headers, timestamp }: EncodedRecord): string {
  const written = headers['ce_recordedat'];
  const instant =
    written === undefined && Number.isFinite(timestamp) && Math.abs(timestamp) < 8.64e15
      ? toInstant(new Date(timestamp).toISOString())
      : toInstant(written ?? '');
  if (instant === null || Date.parse(instant) - timestamp > MOST_AHEAD_MS)
    throw bad('ce_recordedat', 'the record does not say when it was taken');
  return instant;
}

function refuseOtherContent(type: string | undefined): void {
  if (type === undefined || /^application\/([a-z0-9.-]+\+)?json\s*(;|$)/i.test(type)) return;
  throw bad('content-type', 'the content of the record is not JSON');
}

function wrongTopic(topic: Topic): ContractError {
  const remedy = `Send it to ${topic}, which is its own topic.`;
  return new ContractError('wrong-topic', null, 'the event belongs to another topic', remedy);
}

function bad(field: string, message: string): ContractError {
  const remedy = 'Find the writer of this record; only toRecord of this library writes to the log.';
  return new ContractError('bad-record', field, message, remedy);
}
