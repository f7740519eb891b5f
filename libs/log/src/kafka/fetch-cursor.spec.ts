import { describe, expect, it } from '@jest/globals';
import { record, texts } from '../testing/index.ts';
import type { LogRecord } from '../log.ts';
import { FetchCursor } from './fetch-cursor.ts';
import type { KafkaFetcher } from './kafka-fetcher.ts';

const topic = 'journey.touches';
const logOf = (label: string) =>
  Array.from({ length: 4 }, (_, at) => {
    const place = { topic, partition: 0, offset: BigInt(at) };
    return { ...record('k', `${label} ${at}`), ...place } satisfies LogRecord;
  });

describe('a partition read in batches', () => {
  const { signal } = new AbortController();

  it('I4: gives nothing of what was kept after a read of something else has failed', async () => {
    let log: LogRecord[] | null = logOf('first');
    const fetch = async (_topic: string, _partition: number, from: bigint) => {
      if (log === null) throw new Error('away');
      return { records: log.filter(({ offset }) => offset >= from), high: 4n };
    };
    const cursor = new FetchCursor({ fetch } as unknown as KafkaFetcher, topic, 0);
    expect(texts((await cursor.fetch(0n, 2, signal)).records)).toEqual(['first 0', 'first 1']);
    log = null;
    await expect(cursor.fetch(1n, 1, signal)).rejects.toThrow('away');
    log = logOf('another');
    expect(texts((await cursor.fetch(2n, 2, signal)).records)).toEqual(['another 2', 'another 3']);
  });
});
