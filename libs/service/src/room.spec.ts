import { describe, expect, it } from '@jest/globals';
import { Room } from './room.ts';

const full = () => new Error('full');
const turn = () => new Promise((done) => setImmediate(done));

/** A room whose clock is set by hand, and handlers in it that end when told. */
function room({ most = 256, waitMs = 1_000 } = {}) {
  const clock = { now: 0 };
  const of = new Room({ most, waitMs, now: () => clock.now });
  const inside: (() => void)[] = [];
  const refused: unknown[] = [];
  const come = (count: number) => {
    for (let n = 0; n < count; n += 1) {
      of.within(() => new Promise<void>((end) => inside.push(end)), full).catch((error: unknown) => {
        refused.push(error);
      });
    }
    return turn();
  };
  /** The first of those inside end, after so long. */
  const end = async (count: number, afterMs: number) => {
    clock.now += afterMs;
    for (const leave of inside.splice(0, count)) leave();
    await turn();
  };
  return { of, clock, inside, refused, come, end };
}

describe('room for handlers', () => {
  it('lets some in at once, and the others in the order in which they came', async () => {
    const order: number[] = [];
    const { of, come, end } = room({ most: 2 });
    await come(2);
    const others = [1, 2].map((n) => of.within(() => Promise.resolve(order.push(n)), full));
    await turn();
    expect(order).toEqual([]);
    await end(2, 10);
    await Promise.all(others);
    expect(order).toEqual([1, 2]);
  });

  it('doubles in a round while all end in time, up to the most', async () => {
    const { of, inside, come, end } = room({ most: 100 });
    await come(400);
    const seen = [];
    for (let round = 0; round < 4; round += 1) {
      seen.push(inside.length);
      await end(inside.length, 100);
    }
    expect(seen).toEqual([32, 64, 100, 100]);
    expect(of.limit).toBe(100);
  });

  it('grows by nothing while there is room to spare', async () => {
    const { of, come, end } = room();
    for (let n = 0; n < 100; n += 1) {
      await come(10);
      await end(10, 1);
    }
    expect(of.limit).toBe(32);
  });

  it('gives way by a third, once for all who were in, and then grows slowly', async () => {
    const { of, inside, come, end } = room({ waitMs: 60_000 });
    await come(200);
    await end(inside.length, 5_000);
    expect(of.limit).toBe(22);
    for (let round = 0; round < 4; round += 1) await end(inside.length, 100);
    expect(of.limit).toBeGreaterThan(40);
    expect(of.limit).toBeLessThan(60);
  });

  it('takes no notice of some that wait for something of their own', async () => {
    const { of, inside, clock, come, end } = room();
    await come(32);
    for (let n = 0; n < 4; n += 1) {
      await end(7, 5_000);
      const quick = of.within(() => Promise.resolve(), full);
      await quick;
    }
    expect([of.limit, inside.length, clock.now]).toEqual([32, 4, 20_000]);
  });

  it('keeps room for a few, however slow they are', async () => {
    const { of, inside, come, end } = room({ waitMs: 600_000 });
    await come(256);
    for (let round = 0; round < 12; round += 1) await end(inside.length, 10_000);
    expect(of.limit).toBe(8);
  });

  it('refuses who would wait too long, with nothing begun, and takes the next', async () => {
    const { inside, refused, clock, come, end } = room({ most: 1, waitMs: 20 });
    await come(3);
    clock.now = 20;
    while (refused.length < 2) await turn();
    expect(inside).toHaveLength(1);
    await end(1, 0);
    await come(1);
    expect(inside).toHaveLength(1);
  });

  it('gives the room back where a handler fails', async () => {
    const { of, inside, come } = room({ most: 1 });
    await expect(of.within(() => Promise.reject(new TypeError('a defect')), full)).rejects.toThrow(
      'a defect',
    );
    await come(1);
    expect(inside).toHaveLength(1);
  });
});
