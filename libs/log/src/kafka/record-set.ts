import crc32 from '@node-rs/crc32';
import type { Flaw } from '../log.ts';
import type { AbortedTransaction, FetchedPartition } from './fetch-answer.ts';
import { WireReader } from './wire-reader.ts';

/** One batch of a partition, its frame read and nothing of its records. */
export interface StoredBatch {
  readonly first: bigint;
  /** the offset after its last record */
  readonly next: bigint;
  /** identifies it: its checksum covers all of it but the offset */
  readonly fingerprint: string;
  readonly content: BatchContent;
}

export type BatchContent =
  | {
      readonly kind: 'records';
      readonly codec: number;
      readonly count: number;
      readonly firstTimestamp: bigint;
      readonly appendTimestamp: bigint | null;
      readonly bytes: Buffer;
    }
  | ({ readonly kind: 'transaction' | 'unreadable' | 'broken' } & Flaw);

/** Base offset and length stand before every batch, in every format that Kafka ever had. */
const HEAD = 12;
const MAGIC_AT = 16;
const OVERHEAD = 61;
const [TRANSACTIONAL, CONTROL, APPEND_TIME] = [0x10, 0x20, 0x08];

/**
 * The batches of what was fetched, in order (KIP-98, message format 2); one that is cut at the end is left out.
 * Those of aborted transactions and the markers of transactions are named so, as the broker's list of aborted ones
 * says: a batch of a producer counts as aborted from the first offset of its transaction up to its abort marker.
 * @param from the offset that was asked for
 */
export function batchesOf(
  { bytes, aborted }: Pick<FetchedPartition, 'bytes' | 'aborted'>,
  from: bigint,
): StoredBatch[] {
  const batches: StoredBatch[] = [];
  const transactions = new Transactions(aborted);
  for (let at = 0; at + MAGIC_AT < bytes.length;) {
    const length = bytes.readInt32BE(at + 8);
    const whole = bytes.subarray(at, at + HEAD + Math.max(0, length));
    if (length <= 0 || whole.length < HEAD + length) break;
    batches.push(readBatch(whole, batches.at(-1)?.next ?? from, transactions));
    at += whole.length;
  }
  return batches;
}

function readBatch(whole: Buffer, expected: bigint, transactions: Transactions): StoredBatch {
  const first = whole.readBigInt64BE(0);
  const magic = whole.readInt8(MAGIC_AT);
  if (magic < 2) return oldMessage(whole, expected, first, magic);
  if (magic > 2 || whole.length < OVERHEAD) {
    const content = broken('unknown-format', `a batch has format ${magic}, which this version does not read`);
    return {
      first,
      next: first + 1n,
      fingerprint: fingerprintOf(first, whole.readUInt32BE(MAGIC_AT)),
      content,
    };
  }
  const crc = whole.readUInt32BE(17);
  const attributes = whole.readInt16BE(21);
  const lastDelta = whole.readInt32BE(23);
  const frame = {
    first,
    next: first + BigInt(Math.max(0, lastDelta)) + 1n,
    fingerprint: fingerprintOf(first, crc),
  };
  if (crc32.crc32c(whole.subarray(21)) !== crc || lastDelta < 0) {
    return { ...frame, content: broken('wrong-checksum', 'the stored batch does not have its checksum') };
  }
  const producerId = whole.readBigInt64BE(43);
  if (attributes & CONTROL) {
    if (isAbortMarker(whole)) transactions.ended(producerId, frame.next - 1n);
    return { ...frame, content: { kind: 'transaction', code: 'marker', reason: 'the end of a transaction' } };
  }
  if (attributes & TRANSACTIONAL && transactions.isAborted(producerId, frame.next - 1n)) {
    return {
      ...frame,
      content: { kind: 'transaction', code: 'aborted', reason: 'of an aborted transaction' },
    };
  }
  return {
    ...frame,
    content: {
      kind: 'records',
      codec: attributes & 7,
      count: whole.readInt32BE(57),
      firstTimestamp: whole.readBigInt64BE(27),
      appendTimestamp: attributes & APPEND_TIME ? whole.readBigInt64BE(35) : null,
      bytes: whole.subarray(OVERHEAD),
    },
  };
}

/** Formats 0 and 1 have no headers, so no event can be in them; a compressed one has the offset of its last message. */
function oldMessage(whole: Buffer, expected: bigint, offset: bigint, magic: number): StoredBatch {
  const reason = `messages of the old format ${magic} have no headers, which events need; send with a client of today`;
  return {
    first: expected < offset ? expected : offset,
    next: offset + 1n,
    fingerprint: fingerprintOf(offset, whole.readUInt32BE(HEAD)),
    content: { kind: 'unreadable', code: 'old-format', reason },
  };
}

/** The key of a marker is two numbers: a version, and 0 for abort or 1 for commit. */
function isAbortMarker(whole: Buffer): boolean {
  const reader = new WireReader(whole.subarray(OVERHEAD));
  reader.varint(); // length
  reader.int8(); // attributes
  reader.varlong(); // time
  reader.varint(); // offset
  const key = reader.varBytes();
  return key !== null && key.length >= 4 && key.readInt16BE(2) === 0;
}

class Transactions {
  private readonly pending: AbortedTransaction[];
  private readonly open = new Set<bigint>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.pending = aborted.toSorted((a, b) => (a.first < b.first ? -1 : 1));
  }

  isAborted(producerId: bigint, last: bigint): boolean {
    this.begun(last);
    return this.open.has(producerId);
  }

  ended(producerId: bigint, last: bigint): void {
    this.begun(last);
    this.open.delete(producerId);
  }

  private begun(last: bigint): void {
    for (let [next] = this.pending; next && next.first <= last; [next] = this.pending) {
      this.open.add(next.producerId);
      this.pending.shift();
    }
  }
}

function broken(code: string, reason: string): BatchContent {
  return { kind: 'broken', code, reason };
}

function fingerprintOf(first: bigint, crc: number): string {
  return `batch ${first} ${crc.toString(16)}`;
}
