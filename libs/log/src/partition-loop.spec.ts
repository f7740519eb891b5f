import { describe, expect, it } from '@jest/globals';
import { Collector, record, texts } from './testing/index.ts';
import { START, type LogRecord } from './log.ts';
import { PartitionLoop } from './partition-loop.ts';

const topic = 'journey.touches';

/** A partition that lost the records between: what a log without them would give, offset by offset. */
function sourceOf(offsets: readonly number[]) {
  const kept: LogRecord[] = offsets.map((offset) => ({
    ...record('k', String(offset)),
    ...{ topic, partition: 0, offset: BigInt(offset) },
  }));
  const high = BigInt(Math.max(...offsets) + 1);
  return {
    mark: async () => ({ topic, partition: 0, low: 0n, high }),
    fetch: async (from: bigint, most: number, signal: AbortSignal) => {
      const records = kept.filter(({ offset }) => offset >= from).slice(0, most);
      if (records.length === 0) await new Promise((end) => signal.addEventListener('abort', end));
      return { records, high };
    },
  };
}

describe('the loop of a partition', () => {
  it.each([
    { hole: 'between two batches', offsets: [0, 1, 3, 4], batchSize: 2, delivered: ['0', '1'] },
    { hole: 'within a batch', offsets: [0, 1, 3, 4], batchSize: 3, delivered: [] },
    { hole: 'before the first record', offsets: [1, 2], batchSize: 2, delivered: [] },
  ])('I3: halts at a hole $hole and delivers nothing past it', async ({ offsets, batchSize, delivered }) => {
    const collector = new Collector('holes', [topic]);
    const task = { topic, partition: 0, subscription: collector, haltedMs: 10 };
    const loop = new PartitionLoop({ ...task, source: sourceOf(offsets), batchSize });
    loop.start();
    await collector.waitFor(
      ({ halts, records }) => halts.size > 0 || records.length > delivered.length,
      'the partition to halt',
    );
    await loop.stop();
    expect(texts(collector.records)).toEqual(delivered);
    expect(collector.halts.get(`${topic}/0`)).toMatch(/is missing, the next one is/);
  });

  it('tells why its position cannot be read for as long as that is so, and no longer', async () => {
    const collector = new Collector('away', [topic]);
    const told: (string | undefined)[] = [];
    const subscription = Object.assign(Object.create(collector) as Collector, {
      position: async () => {
        if (told.push(loop.failing) === 1) throw new Error('the store is away');
        return START;
      },
    });
    const fetched = Promise.withResolvers<undefined>();
    const source = {
      mark: async () => ({ topic, partition: 0, low: 0n, high: 0n }),
      fetch: async (_from: bigint, _most: number, signal: AbortSignal) => {
        fetched.resolve(undefined);
        await new Promise((end) => signal.addEventListener('abort', end));
        return { records: [], high: 0n };
      },
    };
    const loop = new PartitionLoop({ topic, partition: 0, subscription, source, batchSize: 1, haltedMs: 10 });
    loop.start();
    await fetched.promise;
    expect(told).toEqual([undefined, 'the store is away']);
    expect(loop.failing).toBeUndefined();
    await loop.stop();
  });
});
