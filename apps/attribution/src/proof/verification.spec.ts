import { describe, expect, it } from '@jest/globals';
import { caughtUp } from './verification.ts';

describe('the patience of a verification', () => {
  const reactor = (events: bigint, look: () => Promise<unknown>) => ({
    lag: async () => {
      await look();
      return [{ events }];
    },
  });
  const [due, recomputing] = [{ count: async () => 0 }, { open: async () => 0 }];

  it('ends by the clock, however long each look takes', async () => {
    let [looks, now] = [0, 0];
    const slow = async () => {
      looks += 1;
      now += 200;
    };
    await caughtUp({ reactor: reactor(1n, slow), due, recomputing }, 500, () => now);
    expect(looks).toBe(3);
  });

  it('ends at once where nothing is left', async () => {
    let looks = 0;
    const quick = async () => (looks += 1);
    await caughtUp({ reactor: reactor(0n, quick), due, recomputing }, 30_000);
    expect(looks).toBe(1);
  });
});
