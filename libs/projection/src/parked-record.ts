import type { Flaw, LogRecord } from '@throughline/log';
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

export function parkedRow({ item, state, fault }: Parked): Record<string, unknown> {
  const { record } = item;
  const event = isRead(item) ? item.read.event : null;
  const stream = streamOf(item);
  return {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset.toString(),
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
  };
}
