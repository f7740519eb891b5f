import type { Flaw, LogRecord } from '@throughline/log';
import { encoderOf, type Copied } from './copy.ts';
import { isRead, streamOf } from './item.ts';
import type { Parked } from './sequence.ts';

export interface PackedRow {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly record: Buffer;
}

interface Packed {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestamp: number;
  readonly foreign?: Flaw | undefined;
}

/** The whole record as JSON bytes: whatever its key and headers hold, it is stored and comes back as it was. */
export function pack({ key, value, headers, timestamp, foreign }: LogRecord): Buffer {
  const packed: Packed = { key, value: value.toString('base64'), headers, timestamp, foreign };
  return Buffer.from(JSON.stringify(packed));
}

export function unpack({ topic, partition, offset, record }: PackedRow): LogRecord {
  const { key, value, headers, timestamp, foreign } = JSON.parse(record.toString()) as Packed;
  return {
    topic,
    partition,
    offset: BigInt(offset),
    key,
    value: Buffer.from(value, 'base64'),
    headers,
    timestamp,
    ...(foreign ? { foreign } : {}),
  };
}

/** The columns of `parked` that a record fills. */
export const PARKED: Copied = {
  table: 'parked',
  columns: {
    topic: 'text',
    partition: 'int',
    offset: 'bigint',
    key: 'text',
    event_id: 'uuid',
    name: 'text',
    stream: 'text',
    version: 'int',
    state: 'text',
    code: 'text',
    reason: 'text',
    record: 'bytea',
    recorded_at: 'timestamptz',
  },
};
const encode = encoderOf(PARKED);

/** One parked record as COPY takes it: a burst of garbage must not hold up what comes behind it. */
export function parkedLine({ item, state, fault }: Parked): string {
  const { record } = item;
  const event = isRead(item) ? item.read.event : null;
  const stream = streamOf(item);
  return encode({
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    key: item.key,
    event_id: event?.id ?? null,
    name: event?.name ?? null,
    stream: stream?.id ?? null,
    version: stream?.version ?? null,
    state,
    code: fault.code,
    reason: fault.reason,
    record: `\\x${pack(record).toString('hex')}`,
    recorded_at: event?.recordedAt ?? null,
  });
}
