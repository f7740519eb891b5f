import crc32 from '@node-rs/crc32';

/** A record as a client writes it, well-formed or not. */
export interface RawRecord {
  readonly key?: Buffer | string | null;
  readonly value?: Buffer | string | null;
  readonly headers?: readonly (readonly [name: Buffer | string | null, value: Buffer | string | null])[];
  /** said to be the number of headers, whatever follows */
  readonly headerCount?: number;
  readonly timestampDelta?: bigint;
  /** said to be its place in the batch */
  readonly offsetDelta?: number;
}

export interface RawBatch {
  readonly first?: bigint;
  readonly attributes?: number;
  readonly timestamp?: bigint;
  readonly producerId?: bigint;
  readonly producerEpoch?: number;
  readonly sequence?: number;
  /** said to be the number of records, and the last offset less the first one */
  readonly count?: number;
  readonly lastDelta?: number;
  readonly magic?: number;
  /** the wrong checksum */
  readonly crc?: number;
  /** what becomes of the records' bytes, such as compression */
  readonly wrap?: (records: Buffer) => Buffer;
}

/** A record batch of format 2 as bytes (KIP-98). Written for tests, from the specification, apart from what reads them. */
export function rawBatch(records: readonly RawRecord[], batch: RawBatch = {}): Buffer {
  const { first = 0n, attributes = 0, timestamp = 1_790_000_000_000n, producerId = -1n, magic = 2 } = batch;
  const plain = Buffer.concat(records.map((record, at) => rawRecord(record, at)));
  const body = Buffer.alloc(40);
  body.writeInt16BE(attributes, 0);
  body.writeInt32BE(batch.lastDelta ?? records.length - 1, 2);
  body.writeBigInt64BE(timestamp, 6);
  body.writeBigInt64BE(timestamp, 14);
  body.writeBigInt64BE(producerId, 22);
  body.writeInt16BE(batch.producerEpoch ?? -1, 30);
  body.writeInt32BE(batch.sequence ?? -1, 32);
  body.writeInt32BE(batch.count ?? records.length, 36);
  const covered = Buffer.concat([body, batch.wrap ? batch.wrap(plain) : plain]);
  const head = Buffer.alloc(21);
  head.writeBigInt64BE(first, 0);
  head.writeInt32BE(9 + covered.length, 8);
  head.writeInt32BE(-1, 12);
  head.writeInt8(magic, 16);
  head.writeUInt32BE(batch.crc ?? crc32.crc32c(covered), 17);
  return Buffer.concat([head, covered]);
}

function rawRecord(record: RawRecord, at: number): Buffer {
  const { key = null, value = null, headers = [] } = record;
  const content = Buffer.concat([
    Buffer.from([0]),
    varint(record.timestampDelta ?? 0n),
    varint(BigInt(record.offsetDelta ?? at)),
    sized(key),
    sized(value),
    varint(BigInt(record.headerCount ?? headers.length)),
    ...headers.flatMap(([name, content]) => [sized(name), sized(content)]),
  ]);
  return Buffer.concat([varint(BigInt(content.length)), content]);
}

function sized(bytes: Buffer | string | null): Buffer {
  if (bytes === null) return varint(-1n);
  const content = Buffer.from(bytes);
  return Buffer.concat([varint(BigInt(content.length)), content]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

/** The marker that ends a transaction, as a broker writes it. */
export function rawMarker(ends: 'abort' | 'commit', producerId: bigint, first: bigint): Buffer {
  const key = Buffer.from([0, 0, 0, ends === 'commit' ? 1 : 0]);
  return rawBatch([{ key, value: Buffer.alloc(6) }], {
    attributes: 0x30,
    producerId,
    producerEpoch: 0,
    first,
  });
}
