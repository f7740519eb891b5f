import { describe, expect, it } from '@jest/globals';
import { memoryLog, partitionOf, readAll, START, type Position } from './index.ts';

const record = (key: string, text: string) => ({
  key,
  value: Buffer.from(text),
  headers: { ce_id: text },
  timestamp: 1_790_000_000_000,
});

describe('the log in memory', () => {
  it('delivers what was sent and goes on from the stored position', async () => {
    const log = memoryLog();
    await log.createTopics([{ name: 'journey.touches', partitions: 3 }]);
    await log.send('journey.touches', [record('a', '1'), record('b', '2'), record('a', '3')]);
    const positions = new Map<number, Position>();
    const seen: string[] = [];
    const all = Promise.withResolvers<undefined>();
    const running = await log.subscribe({
      group: 'timeline',
      topics: ['journey.touches'],
      position: async (_, partition) => positions.get(partition) ?? START,
      handle: async (batch) => {
        const stored = { next: (batch.records.at(-1)?.offset ?? -1n) + 1n, fingerprint: null };
        positions.set(batch.partition, stored);
        seen.push(...batch.records.map(({ value }) => value.toString()));
        if (seen.length === 3) all.resolve(undefined);
        return stored;
      },
    });
    await all.promise;
    await running.stop();
    expect(seen.toSorted()).toEqual(['1', '2', '3']);
    expect(positions.get(partitionOf('a', 3))?.next).toBeGreaterThanOrEqual(2n);
  });

  it('is read whole by readAll', async () => {
    const log = memoryLog();
    await log.createTopics([{ name: 'journey.touches', partitions: 3 }]);
    await log.send('journey.touches', [record('a', '1'), record('b', '2'), record('a', '3')]);
    const values: string[] = [];
    for await (const batch of readAll(log, 'journey.touches')) {
      values.push(...batch.records.map(({ value }) => value.toString()));
    }
    expect(values.toSorted()).toEqual(['1', '2', '3']);
  });

  it('gives a key the partition that Kafka clients of other languages give it', () => {
    // `kafka-clients` 3.x, Utils.toPositive(Utils.murmur2(bytes)) % n, its own test vectors: "21" is -973932308.
    expect(partitionOf('21', 12)).toBe((-973932308 & 0x7fffffff) % 12);
    expect(partitionOf('foobar', 12)).toBe((-790332482 & 0x7fffffff) % 12);
  });
});
