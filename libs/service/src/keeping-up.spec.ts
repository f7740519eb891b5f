import { describe, expect, it } from '@jest/globals';
import { keepingUp } from './index.ts';

const partition = (events: bigint, seconds: number) => ({ events, seconds });
const behind = (...lag: ReturnType<typeof partition>[]) => ({ lag: async () => lag });

describe('whether a consumer keeps up', () => {
  it('is so while the oldest record that waits is younger than a minute', async () => {
    expect(await keepingUp(behind(partition(3n, 2), partition(4n, 59.9)), [])).toEqual({
      ok: true,
      detail: { events: 7, seconds: 59.9, owns: 0, halted: null, failing: null },
    });
    expect((await keepingUp(behind(partition(1n, 60)), [])).ok).toBe(false);
  });

  it('is not so while a partition stands still, which is named with its reason', async () => {
    const owned = [
      { topic: 'journey.leads', partition: 0 },
      { topic: 'journey.leads', partition: 1, halted: 'records were deleted' },
    ];
    expect(await keepingUp(behind(partition(0n, 0)), owned)).toEqual({
      ok: false,
      detail: {
        events: 0,
        seconds: 0,
        owns: 2,
        halted: 'journey.leads/1: records were deleted',
        failing: null,
      },
    });
    const hidden = { lag: () => Promise.reject(new RangeError('no record 4')) };
    expect(await keepingUp(hidden, owned)).toMatchObject({
      ok: false,
      detail: { seconds: null, halted: 'journey.leads/1: records were deleted', lagUnknown: 'no record 4' },
    });
  });

  it('tells what all its partitions fail for once', async () => {
    const owned = [0, 1, 2].map((partition) => ({ topic: 't', partition, failing: 'version 1 is live' }));
    const other = { topic: 't', partition: 3, failing: 'no answer' };
    expect(await keepingUp(behind(), [...owned, other])).toMatchObject({
      detail: { failing: 't/0 and 2 more partitions: version 1 is live; t/3: no answer' },
    });
  });
});
