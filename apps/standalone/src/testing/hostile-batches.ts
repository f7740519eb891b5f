import { gzipSync, zstdCompressSync } from 'node:zlib';
import { rawBatch, type RawBatch } from '@throughline/log/testing';
import lz4 from 'lz4-napi';
import snappy from 'snappy';
import { event, inPartition, kindFor, type HostileRecord } from './hostile-event.ts';

const MB = 1024 * 1024;

/** Kinds of batches: codecs, bombs, frames that do not hold what they say. */
export function hostileBatches(partitions: number): HostileRecord[] {
  const kind = kindFor(partitions);
  const text = (value: Buffer) => event('touch.recorded', {}, (it) => ({ ...it, value }));
  const gzip: RawBatch = { attributes: 1, wrap: (bytes) => gzipSync(bytes) };
  const zeros = (count: number) => zstdCompressSync(Buffer.alloc(count));
  return [
    kind('a value of 2 MB in 2 KB', { parked: 'value-too-large', ...gzip }, text(Buffer.alloc(2 * MB, ' '))),
    kind('garbage in gzip', { parked: 'bad-record', ...gzip }, { key: 'k', value: 'g' }),
    kind(
      'garbage in snappy',
      { parked: 'bad-record', attributes: 2, wrap: (bytes) => snappy.compressSync(bytes) },
      { key: 'k', value: 's' },
    ),
    kind(
      'garbage in lz4',
      { parked: 'bad-record', attributes: 3, wrap: (bytes) => lz4.compressFrameSync(bytes) },
      { key: 'k', value: 'l' },
    ),
    kind(
      'garbage in zstd',
      { parked: 'bad-record', attributes: 4, wrap: (bytes) => zstdCompressSync(bytes) },
      { key: 'k', value: 'z' },
    ),
    kind(
      '256 MB of zeros in one record',
      {
        parked: null,
        unreadable: 'batch-too-large',
        attributes: 4,
        wrap: (bytes) => zstdCompressSync(bytes),
      },
      { key: 'k', value: Buffer.alloc(256 * MB) },
    ),
    kind(
      '64 MB of zeros in gzip',
      { parked: null, unreadable: 'batch-too-large', ...gzip },
      { key: 'k', value: Buffer.alloc(64 * MB) },
    ),
    kind(
      'places in the batch that are not its own',
      { parked: null, unreadable: 'malformed-batch' },
      { key: 'k' },
      { key: 'k', offsetDelta: 7 },
    ),
    kind(
      'one place for all of the batch',
      { parked: null, unreadable: 'malformed-batch' },
      { key: 'k' },
      { key: 'k', offsetDelta: 0 },
      { key: 'k', offsetDelta: 0 },
    ),
    kind('a negative place', { parked: null, unreadable: 'malformed-batch' }, { key: 'k', offsetDelta: -3 }),
    kind('a time before all times', { parked: 'bad-record', timestamp: -5n }, { key: 'k', value: 'before' }),
    kind(
      'a time after all times',
      { parked: 'bad-record', timestamp: 9_000_000_000_000_000n },
      { key: 'k', value: 'after' },
    ),
    kind(
      '500 records of garbage',
      { parked: 'bad-record', partition: 0 },
      ...inPartition(500, 0, partitions, (key) => ({ key, value: key })),
    ),
    kind('a wrong checksum', { parked: null, crc: 1 }, { key: 'k' }),
    kind('a format of the future', { parked: null, magic: 3 }, { key: 'k' }),
    kind('a codec of the future', { parked: null, attributes: 7 }, { key: 'k' }),
    kind(
      'zstd that is none',
      { parked: null, attributes: 4, wrap: () => Buffer.from('nonsense') },
      { key: 'k' },
    ),
    kind('zeros that are no records', { parked: null, attributes: 4, wrap: () => zeros(MB) }, { key: 'k' }),
    kind('more headers than bytes', { parked: null }, { key: 'k', value: 'v', headerCount: 1_000_000 }),
    kind('a hundred records that are not there', { parked: null, count: 100, lastDelta: 99 }, { key: 'k' }),
    {
      ...kind('a batch that is cut', { parked: null }, { key: 'k' }),
      batch: rawBatch([{ key: 'k' }]).subarray(0, 40),
    },
  ];
}
