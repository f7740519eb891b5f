import { randomUUID } from 'node:crypto';
import { sampleEvent, toRecord, type EventName } from '@throughline/contracts';
import { partitionOf } from '@throughline/log';
import { rawBatch, type RawBatch, type RawRecord } from '@throughline/log/testing';

/** One batch that a producer writes who is no sender of this platform, and what must become of it. */
export interface HostileRecord {
  readonly what: string;
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
  /** code that its records are parked with; null where the broker takes no such batch, or nothing may be seen of it */
  readonly parked: string | null;
  /** code that it is listed with as a batch that cannot be decoded */
  readonly unreadable?: string;
  readonly records: number;
}

export type Headers = NonNullable<RawRecord['headers']>;
export type Change = (record: RawRecord) => RawRecord;
type Given = Partial<HostileRecord> & RawBatch & { readonly parked: string | null };
export type Kind = (what: string, given: Given, ...records: RawRecord[]) => HostileRecord;

const TOUCHES = 'journey.touches';

/** Makes kinds for topics of so many partitions. What is not given is the topic of touches and the key's own partition. */
export function kindFor(partitions: number): Kind {
  return (what, { parked, topic = TOUCHES, partition, ...batch }, ...records) => ({
    ...{ what, topic, parked, records: records.length },
    partition: partition ?? partitionOf(String(records[0]?.key ?? ''), partitions),
    batch: rawBatch(records, { timestamp: BigInt(Date.now()), ...batch }),
    ...(batch.unreadable ? { unreadable: batch.unreadable } : {}),
  });
}

/** A good record, changed. Each has an id of its own. */
export function event(name: EventName, overrides: object, ...changes: readonly Change[]): RawRecord {
  const sample = sampleEvent(name, { ...overrides, sourceId: randomUUID(), source: 'urn:hostile' });
  const { key, value, headers } = toRecord(sample);
  return changes.reduce<RawRecord>((record, change) => change(record), {
    key,
    value,
    headers: Object.entries(headers),
  });
}

export function plus(more: Headers): Change {
  return (record) => ({ ...record, headers: [...(record.headers ?? []), ...more] });
}

export function minus(name: string): Change {
  return (record) => ({ ...record, headers: (record.headers ?? []).filter(([it]) => it !== name) });
}

export function withoutStream(record: RawRecord): RawRecord {
  return minus('ce_stream')(minus('ce_streamversion')(record));
}

export function versioned(record: RawRecord, version: string): RawRecord {
  return plus([['ce_streamversion', version]])(minus('ce_streamversion')(record));
}

/** So many records whose keys belong to one partition. */
export function inPartition(
  count: number,
  partition: number,
  partitions: number,
  record: (key: string) => RawRecord,
): RawRecord[] {
  const records: RawRecord[] = [];
  for (let at = 0; records.length < count; at += 1) {
    const key = `garbage-${at}`;
    if (partitionOf(key, partitions) === partition) records.push(record(key));
  }
  return records;
}
