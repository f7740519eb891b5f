import { describe, expect, it } from '@jest/globals';
import type { Batch, Position } from '@throughline/log';
import { Groups, type GroupWork } from './groups.ts';

const batchOf = (partition: number, records = 1, bytes = 1): Batch => ({
  ...{ topic: 'journey.touches', partition, high: BigInt(records) },
  records: Array.from({ length: records }, (_, n) => ({
    ...{ topic: 'journey.touches', partition, offset: BigInt(n), key: 'k', headers: {}, timestamp: 0 },
    value: Buffer.alloc(bytes),
  })),
});
const at = ({ records }: Batch): Position => ({ next: BigInt(records.length), fingerprint: null });

/** Work that tells who went with whom. */
function working(
  together: GroupWork['together'] = async (batches) => new Map(batches.map((it) => [it, at(it)])),
) {
  const seen = { groups: [] as number[][], alone: [] as number[] };
  const groups = new Groups({
    together: (batches) => {
      seen.groups.push(batches.map(({ partition }) => partition));
      return together(batches);
    },
    alone: async (batch) => {
      seen.alone.push(batch.partition);
      return at(batch);
    },
  });
  return { groups, seen };
}

describe('batches that come at the same time', () => {
  it('one group at a time: what comes meanwhile is the next one', async () => {
    const { groups, seen } = working();
    await Promise.all([0, 1, 2].map((partition) => groups.add(batchOf(partition))));
    const first = groups.add(batchOf(0));
    await new Promise(setImmediate);
    await Promise.all([first, groups.add(batchOf(1)), groups.add(batchOf(2))]);
    expect(seen).toEqual({ groups: [[0, 1, 2], [0], [1, 2]], alone: [] });
  });

  it('two batches of one partition never share a group, and keep their order', async () => {
    const { groups, seen } = working();
    await Promise.all([batchOf(0, 1), batchOf(0, 2), batchOf(1)].map((batch) => groups.add(batch)));
    expect(seen.groups).toEqual([[0, 1], [0]]);
  });

  it('a group is bounded by records and by bytes, and a large batch goes alone at once', async () => {
    const { groups, seen } = working();
    const many = Array.from({ length: 6 }, (_, n) => batchOf(n, 200));
    await Promise.all([...many, batchOf(6, 250), batchOf(7, 1, 1024 * 1024)].map((it) => groups.add(it)));
    expect(seen).toEqual({ groups: [[0, 1, 2, 3, 4], [5]], alone: [6, 7] });
  });

  it('what a group leaves out goes alone; so do all of one that a lock, a time-out or a fault stops', async () => {
    const some = working(async ([first]) => new Map(first ? [[first, at(first)]] : []));
    await Promise.all([0, 1].map((partition) => some.groups.add(batchOf(partition))));
    expect(some.seen.alone).toEqual([1]);
    const stopped = (code: string) => Object.assign(new Error(code), { code });
    for (const error of [new TypeError('a fault'), stopped('55P03'), stopped('57014')]) {
      const none = working(() => Promise.reject(error));
      await Promise.all([0, 1].map((partition) => none.groups.add(batchOf(partition))));
      expect(none.seen.alone).toEqual([0, 1]);
    }
  });

  it('errors of the infrastructure go to every caller of the group', async () => {
    const { groups, seen } = working(() =>
      Promise.reject(Object.assign(new Error('gone'), { code: '57P01' })),
    );
    const results = await Promise.allSettled([0, 1].map((partition) => groups.add(batchOf(partition))));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(seen.alone).toEqual([]);
  });
});
