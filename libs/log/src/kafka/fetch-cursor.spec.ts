import { describe, expect, it } from '@jest/globals';
import { rawBatch, texts } from '../testing/index.ts';
import { FetchCursor } from './fetch-cursor.ts';
import type { KafkaFetcher } from './kafka-fetcher.ts';
import { batchesOf } from './record-set.ts';

const place = { topic: 'journey.touches', partition: 0, partitionOf: () => 0 };
const logOf = (label: string) =>
  rawBatch(Array.from({ length: 4 }, (_, at) => ({ key: 'k', value: `${label} ${at}` })));

describe('a partition read in batches', () => {
  const { signal } = new AbortController();

  it('I4: gives nothing of what was kept after a read of something else has failed', async () => {
    let log: Buffer | null = logOf('first');
    const fetch = async (_topic: string, _partition: number, from: bigint) => {
      if (log === null) throw new Error('away');
      return { batches: batchesOf({ bytes: log, aborted: [] }, from), high: 4n };
    };
    const cursor = new FetchCursor({ fetch } as unknown as KafkaFetcher, place);
    expect(texts((await cursor.fetch(0n, 2, signal)).records)).toEqual(['first 0', 'first 1']);
    log = null;
    await expect(cursor.fetch(1n, 1, signal)).rejects.toThrow('away');
    log = logOf('another');
    expect(texts((await cursor.fetch(2n, 2, signal)).records)).toEqual(['another 2', 'another 3']);
  });
});
