import { isUtf8 } from 'node:buffer';
import { flaws, MOST_KEY_BYTES, MOST_VALUE_BYTES } from '../foreign.ts';
import type { Flaw, LogRecord, Passed } from '../log.ts';
import { codecs, TooLarge } from './codecs.ts';
import { readHeaders } from './record-headers.ts';
import type { BatchContent, StoredBatch } from './record-set.ts';
import { MalformedBytes, WireReader } from './wire-reader.ts';

export interface Place {
  readonly topic: string;
  readonly partition: number;
  /** where a key belongs, by the number of partitions of the topic */
  readonly partitionOf: (key: string) => number;
}

/** What a batch holds: its records, or why it has none. */
export type Decoded = { readonly records: readonly LogRecord[] } | { readonly passed: Passed };

/** Twice what clients put into a batch by default (1 MB of the smallest events), and what is parked in about a second. */
const MOST_RECORDS = 5_000;

type Records = Extract<BatchContent, { kind: 'records' }>;

/**
 * The records of one batch. Never throws for what the batch holds: what its producer made undecodable is passed as
 * `unreadable`, a codec that Kafka does not have today as `broken`.
 */
export async function decodeBatch(place: Place, batch: StoredBatch): Promise<Decoded> {
  const { content } = batch;
  if (content.kind !== 'records') return passing(batch, content.kind, content);
  try {
    const bytes = await decompressed(content);
    if (bytes === null) {
      const reason = `a batch is compressed with codec ${content.codec}, which this version does not read`;
      return passing(batch, 'broken', { code: 'unknown-codec', reason });
    }
    return { records: recordsOf(place, batch, content, bytes) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const code = error instanceof TooLarge ? 'batch-too-large' : 'malformed-batch';
    return passing(batch, 'unreadable', { code, reason: `a batch cannot be decoded: ${why}` });
  }
}

function passing({ first, next, fingerprint }: StoredBatch, kind: Passed['kind'], flaw: Flaw): Decoded {
  return { passed: { kind, first, next, fingerprint, code: flaw.code, reason: flaw.reason } };
}

async function decompressed({ codec, bytes }: Records): Promise<Buffer | null> {
  if (codec === 0) return bytes;
  return (await codecs[codec]?.(bytes)) ?? null;
}

function recordsOf(place: Place, { first, next }: StoredBatch, content: Records, bytes: Buffer): LogRecord[] {
  const { count } = content;
  if (count > MOST_RECORDS)
    throw new MalformedBytes(`${count} records in a batch, at most ${MOST_RECORDS} are read`);
  if (BigInt(count) !== next - first)
    throw new MalformedBytes(`${count} records for ${next - first} offsets`);
  const reader = new WireReader(bytes);
  return Array.from({ length: count }, (_, at) => {
    const record = new WireReader(reader.take(reader.varint()));
    return recordOf(place, record, { content, first, at });
  });
}

interface InBatch {
  readonly content: Records;
  readonly first: bigint;
  readonly at: number;
}

function recordOf(place: Place, reader: WireReader, { content, first, at }: InBatch): LogRecord {
  reader.int8(); // attributes, of which none is in use
  const delta = reader.varlong();
  if (reader.varint() !== at) throw new MalformedBytes(`record ${at} of a batch claims another offset`);
  const timestamp = Number(content.appendTimestamp ?? content.firstTimestamp + delta);
  const [key, value] = [reader.varBytes(), reader.varBytes()];
  const { headers, flaw } = readHeaders(reader);
  const text = key === null || key.length > MOST_KEY_BYTES ? '' : key.toString();
  const { topic, partition } = place;
  const foreign = keyFlaw(key) ?? valueFlaw(value) ?? flaw ?? placeFlaw(place, text);
  return {
    ...{ topic, partition, offset: first + BigInt(at) },
    key: text,
    value: value === null || value.length > MOST_VALUE_BYTES ? Buffer.alloc(0) : value,
    ...{ headers, timestamp },
    ...(foreign ? { foreign } : {}),
  };
}

function keyFlaw(key: Buffer | null): Flaw | null {
  if (key === null)
    return { code: 'no-key', reason: 'the record has no key; send the key that the catalogue names' };
  if (key.length > MOST_KEY_BYTES) return flaws.key(key.length);
  return isUtf8(key) ? null : { code: 'not-utf-8', reason: 'the key of the record is not UTF-8' };
}

function valueFlaw(value: Buffer | null): Flaw | null {
  if (value === null)
    return { code: 'no-value', reason: 'the record has no value; events are not deleted by a tombstone' };
  return value.length > MOST_VALUE_BYTES ? flaws.value(value.length) : null;
}

function placeFlaw({ partition, partitionOf }: Place, key: string): Flaw | null {
  const right = partitionOf(key);
  if (right === partition) return null;
  const reason = `the key of the record belongs to partition ${right}; send with the partitioner murmur2, as Java clients do`;
  return { code: 'wrong-partition', reason };
}
