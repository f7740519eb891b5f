import { describe, expect, it } from '@jest/globals';
import { Groups, type GroupLimits } from './groups.ts';
import { DoorFull } from './spill.error.ts';

const wide: GroupLimits = { group: { items: 100, bytes: 1_000 }, waiting: { items: 1_000, bytes: 10_000 } };

/** Numbers in groups whose work ends when it is told to. */
function groups(limits: GroupLimits = wide) {
  const seen: number[][] = [];
  let finish = () => {};
  const made = new Groups<number, number>(async (asked) => {
    seen.push([...asked]);
    await new Promise<void>((resolve) => (finish = resolve));
    return asked.map((value) =>
      value < 0 ? { status: 'rejected', reason: new Error(`${value}`) } : { status: 'fulfilled', value },
    );
  }, limits);
  const add = (value: number, size = { items: 1, bytes: 1 }) => made.add(value, size);
  const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
  const next = async () => {
    await turn();
    finish();
    await turn();
  };
  return { seen, add, next, turn };
}

describe('groups of calls', () => {
  it('what comes while one is in hand is the next, in the order of arrival; nobody waits for company', async () => {
    const { seen, add, next, turn } = groups();
    const answers = [add(1)];
    await turn();
    expect(seen).toEqual([[1]]);
    answers.push(add(2), add(3));
    await turn();
    expect(seen).toEqual([[1]]);
    await next();
    expect(seen).toEqual([[1], [2, 3]]);
    await next();
    expect(await Promise.all(answers)).toEqual([1, 2, 3]);
  });

  it('each call is answered by itself', async () => {
    const { add, next } = groups();
    const answers = Promise.allSettled([add(1), add(-2), add(3)]);
    await next();
    expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('a group is cut by items and by bytes, and a call larger than a group goes alone', async () => {
    const { seen, add, next } = groups({ ...wide, group: { items: 3, bytes: 100 } });
    const answers = [
      add(1),
      add(2),
      add(3),
      add(4),
      add(5, { items: 1, bytes: 100 }),
      add(6, { items: 9, bytes: 1 }),
    ];
    for (let n = 0; n < 4; n += 1) await next();
    expect(seen).toEqual([[1, 2, 3], [4], [5], [6]]);
    expect(await Promise.all(answers)).toHaveLength(6);
  });

  it('refuses what does not fit with what waits, and takes again when a group has begun', async () => {
    const { add, next, turn } = groups({ ...wide, waiting: { items: 2, bytes: 10 } });
    const answers = [add(1), add(2)];
    await expect(add(3)).rejects.toThrow(DoorFull);
    await turn();
    answers.push(add(4, { items: 1, bytes: 9 }));
    await expect(add(5, { items: 1, bytes: 9 })).rejects.toThrow(DoorFull);
    await next();
    await next();
    expect(await Promise.all(answers)).toEqual([1, 2, 4]);
  });

  it('goes on after work that threw', async () => {
    let times = 0;
    const failing = new Groups<number, number>(async (asked) => {
      if (times++ === 0) throw new Error('once');
      return asked.map((value) => ({ status: 'fulfilled', value }));
    }, wide);
    await expect(failing.add(1, { items: 1, bytes: 1 })).rejects.toThrow('once');
    expect(await failing.add(2, { items: 1, bytes: 1 })).toBe(2);
  });
});
