import { describe, expect, it } from '@jest/globals';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import lz4 from 'lz4-napi';
import snappy from 'snappy';
import { rawBatch, rawMarker, texts, type RawBatch, type RawRecord } from '../testing/index.ts';
import { decodeBatch, type Decoded } from './record-batch.ts';
import { batchesOf } from './record-set.ts';

const place = { topic: 't', partition: 0, partitionOf: () => 0 };

async function decodeAll(
  bytes: Buffer,
  aborted: { producerId: bigint; first: bigint }[] = [],
): Promise<Decoded[]> {
  const decoded: Decoded[] = [];
  for (const batch of batchesOf({ bytes, aborted }, 0n)) decoded.push(await decodeBatch(place, batch));
  return decoded;
}

async function only(records: readonly RawRecord[], batch: RawBatch = {}): Promise<Decoded> {
  const [decoded] = await decodeAll(rawBatch(records, batch));
  if (!decoded) throw new RangeError('no batch');
  return decoded;
}

const recordOf = (decoded: Decoded) => ('records' in decoded ? decoded.records[0] : undefined);
const codeOf = (decoded: Decoded) =>
  'passed' in decoded ? `${decoded.passed.kind} ${decoded.passed.code}` : decoded.records[0]?.foreign?.code;

/** As the library snappy-java frames its blocks. */
function xerial(blocks: readonly Buffer[]): Buffer {
  const head = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  return Buffer.concat([head, ...blocks.flatMap((block) => [lengthOf(block), block])]);
}

function lengthOf(block: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(block.length);
  return bytes;
}

describe('a stored batch', () => {
  const codecs: [string, number, (bytes: Buffer) => Buffer][] = [
    ['none', 0, (bytes) => bytes],
    ['gzip', 1, (bytes) => gzipSync(bytes)],
    ['snappy, one block', 2, (bytes) => snappy.compressSync(bytes)],
    [
      'snappy, framed as Java does',
      2,
      (bytes) => xerial([bytes.subarray(0, 40), bytes.subarray(40)].map((part) => snappy.compressSync(part))),
    ],
    ['lz4', 3, (bytes) => lz4.compressFrameSync(bytes)],
    [
      'lz4 with checksums',
      3,
      (bytes) => lz4.compressFrameSync(bytes, { blockChecksums: true, contentChecksum: true }),
    ],
    ['zstd', 4, (bytes) => zstdCompressSync(bytes)],
  ];
  it.each(codecs)('S5 is read where its codec is %s', async (_, attributes, wrap) => {
    const records = ['one', 'two', 'three'].map((value) => ({
      key: 'k',
      value,
      headers: [['ce_id', value]] as const,
    }));
    const decoded = await only(records, { attributes, wrap, first: 7n });
    if (!('records' in decoded)) throw new TypeError(decoded.passed.reason);
    expect(texts(decoded.records)).toEqual(['one', 'two', 'three']);
    expect(decoded.records.map(({ offset, headers }) => [offset, headers['ce_id']])).toEqual([
      [7n, 'one'],
      [8n, 'two'],
      [9n, 'three'],
    ]);
  });

  const bomb = Buffer.alloc(64 * 1024 * 1024);
  it.each<[string, number, () => Buffer]>([
    ['gzip', 1, () => gzipSync(bomb)],
    ['snappy', 2, () => snappy.compressSync(bomb)],
    ['snappy that only claims its length', 2, () => Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0])],
    ['lz4', 3, () => lz4.compressFrameSync(bomb)],
    ['zstd', 4, () => zstdCompressSync(bomb)],
  ])('S4 is passed when it is too large decompressed (%s)', async (_, attributes, bytes) => {
    const decoded = await only([{ key: 'k' }], {
      attributes,
      wrap: bytes,
      count: 5,
      lastDelta: 4,
      first: 3n,
    });
    expect(decoded).toMatchObject({
      passed: { kind: 'unreadable', code: 'batch-too-large', first: 3n, next: 8n },
    });
  });

  it.each<[string, number, Buffer]>([
    ['gzip', 1, Buffer.from('nonsense')],
    ['gzip that is cut', 1, gzipSync('x'.repeat(1000)).subarray(0, 20)],
    ['snappy', 2, Buffer.from('nonsense')],
    ['framed snappy that is cut', 2, xerial([Buffer.alloc(9)]).subarray(0, 22)],
    ['framed snappy with an empty block', 2, xerial([Buffer.alloc(0)])],
    ['lz4', 3, Buffer.from('nonsense of some length')],
    ['lz4 that is cut', 3, lz4.compressFrameSync(Buffer.alloc(1000)).subarray(0, 15)],
    ['lz4 of nothing', 3, Buffer.alloc(0)],
    ['zstd', 4, Buffer.from('nonsense')],
  ])('S5 is passed when its bytes are not those of its codec (%s)', async (_, attributes, bytes) => {
    expect(codeOf(await only([{ key: 'k' }], { attributes, wrap: () => bytes }))).toBe(
      'unreadable malformed-batch',
    );
  });

  it('S5 is broken, for a reader to halt at, when its checksum or format is wrong or its codec unknown', async () => {
    expect(codeOf(await only([{ key: 'k' }], { crc: 1 }))).toBe('broken wrong-checksum');
    expect(codeOf(await only([{ key: 'k' }], { magic: 3 }))).toBe('broken unknown-format');
    expect(codeOf(await only([{ key: 'k' }], { attributes: 5 }))).toBe('broken unknown-codec');
  });

  it.each<[string, RawRecord[], RawBatch]>([
    ['a record that claims another offset', [{ key: 'a' }, { key: 'b', offsetDelta: 0 }], {}],
    ['more records than there are', [{ key: 'a' }], { count: 9, lastDelta: 8 }],
    ['fewer records than offsets', [{ key: 'a' }], { lastDelta: 4 }],
    ['a negative number of records', [{ key: 'a' }], { count: -1 }],
    ['two thousand million records', [{ key: 'a' }], { count: 2 ** 31 - 1, lastDelta: 2 ** 31 - 2 }],
    ['more headers than bytes', [{ key: 'a', value: 'b', headerCount: 100 }], {}],
  ])('S4 is passed with %s', async (_, records, batch) => {
    expect(codeOf(await only(records, batch))).toBe('unreadable malformed-batch');
  });

  it('S4 is left out where it is cut at the end of what was fetched', () => {
    const bytes = Buffer.concat([rawBatch([{ key: 'a' }]), rawBatch([{ key: 'b' }], { first: 1n })]);
    expect(batchesOf({ bytes: bytes.subarray(0, -3), aborted: [] }, 0n)).toHaveLength(1);
  });

  it('S4 is passed where it has the format of before headers', async () => {
    const message = Buffer.alloc(40);
    message.writeBigInt64BE(5n, 0);
    message.writeInt32BE(28, 8);
    message.writeInt8(1, 16);
    const [decoded] = await decodeAll(message);
    expect(decoded).toMatchObject({
      passed: { kind: 'unreadable', code: 'old-format', first: 0n, next: 6n },
    });
  });

  it('S4 of any bytes decodes to records or to what is passed, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 0, max: 7 }),
        async (bytes, attributes) => {
          const decoded = await only([{ key: 'k' }, {}], { attributes, wrap: () => Buffer.from(bytes) });
          expect('records' in decoded ? decoded.records.length === 2 : decoded.passed.next === 2n).toBe(true);
        },
      ),
    );
  });
});

describe('a record of a stored batch', () => {
  const many = Array.from({ length: 20_000 }, (_, at) => [`h${at}`, 'v'] as const);
  it.each<[string, RawRecord, string | undefined]>([
    ['20,000 headers', { key: 'k', value: '{}', headers: many }, 'too-many-headers'],
    [
      'a header of 1 MB',
      { key: 'k', value: '{}', headers: [['h', 'x'.repeat(1 << 20)]] },
      'headers-too-large',
    ],
    ['a key of 1 MB', { key: 'k'.repeat(1 << 20), value: '{}' }, 'key-too-large'],
    ['no key', { value: '{}' }, 'no-key'],
    ['no value', { key: 'k' }, 'no-value'],
    ['a value of 2 MB', { key: 'k', value: Buffer.alloc(2 << 20) }, 'value-too-large'],
    ['a key that is not UTF-8', { key: Buffer.from([0xff]), value: '{}' }, 'not-utf-8'],
    [
      'ce_id twice',
      {
        key: 'k',
        value: '{}',
        headers: [
          ['ce_id', 'a'],
          ['ce_id', 'a'],
        ],
      },
      'header-twice',
    ],
    [
      'ce_source without a value',
      { key: 'k', value: '{}', headers: [['ce_source', null]] },
      'no-header-value',
    ],
    [
      'ce_type not UTF-8',
      { key: 'k', value: '{}', headers: [['ce_type', Buffer.from([0xc0])]] },
      'not-utf-8',
    ],
    [
      'headers of others, binary and twice',
      {
        key: 'k',
        value: '{}',
        headers: [
          ['b', Buffer.from([0xff])],
          ['b', null],
        ],
      },
      undefined,
    ],
  ])('S4 with %s', async (_, record, code) => {
    const decoded = recordOf(await only([record]));
    expect(decoded?.foreign?.code).toBe(code);
    expect(JSON.stringify(decoded?.headers).length).toBeLessThan(200_000);
  });

  it('S4 keeps a header called __proto__ apart from what objects inherit', async () => {
    const headers = [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ] as const;
    const decoded = recordOf(await only([{ key: 'k', value: '{}', headers }]));
    expect(Object.entries(decoded?.headers ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.getPrototypeOf(decoded?.headers)).toBe(Object.prototype);
  });

  it('S2 is foreign in a partition that its key does not hash to', async () => {
    const [batch] = batchesOf({ bytes: rawBatch([{ key: 'k', value: '{}' }]), aborted: [] }, 0n);
    if (!batch) throw new RangeError('no batch');
    const decoded = recordOf(await decodeBatch({ ...place, partitionOf: () => 2 }, batch));
    expect(decoded?.foreign).toMatchObject({
      code: 'wrong-partition',
      reason: expect.stringContaining('partition 2'),
    });
  });

  it('S4 has the times that its batch says, negative and far ones too', async () => {
    const decoded = recordOf(await only([{ key: 'k', value: '{}', timestampDelta: -5n }], { timestamp: 2n }));
    expect(decoded?.timestamp).toBe(-3);
    const appended = recordOf(
      await only([{ key: 'k', value: '{}', timestampDelta: -5n }], { attributes: 8, timestamp: 2n }),
    );
    expect(appended?.timestamp).toBe(2);
  });
});

describe('transactions in what was fetched', () => {
  const of = (producerId: bigint, first: bigint, value: string) =>
    rawBatch([{ key: 'k', value }], { attributes: 0x10, producerId, producerEpoch: 0, first });
  const summary = (decoded: Decoded[]) =>
    decoded.map((it) => ('records' in it ? texts(it.records).join() : it.passed.code));

  it('S3 leave out what was aborted, and the markers', async () => {
    const log = [
      of(1n, 0n, 'taken back'),
      of(2n, 1n, 'kept'),
      rawMarker('abort', 1n, 2n),
      of(1n, 3n, 'kept too'),
      rawMarker('commit', 1n, 4n),
      rawMarker('commit', 2n, 5n),
      of(1n, 6n, 'taken back too'),
      rawBatch([{ key: 'k', value: 'plain' }], { first: 7n, producerId: 1n }),
      rawMarker('abort', 1n, 8n),
    ];
    const aborted = [
      { producerId: 1n, first: 6n },
      { producerId: 1n, first: 0n },
    ];
    expect(summary(await decodeAll(Buffer.concat(log), aborted))).toEqual([
      'aborted',
      'kept',
      'marker',
      'kept too',
      'marker',
      'marker',
      'aborted',
      'plain',
      'marker',
    ]);
  });
});
