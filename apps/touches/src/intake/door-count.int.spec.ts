import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Prepared, Queryable } from '@throughline/postgres';
import { randomUUID } from 'node:crypto';
import { runningTouches, type RunningTouches } from '../testing/running-touches.ts';
import { DoorCount } from './door-count.ts';

let touches: RunningTouches;
beforeAll(async () => {
  touches = await runningTouches();
});
afterAll(() => touches.drop());

/** The service's own database, of which the answers to the first writes are lost: stored as they may be. */
function losing(answers: number): Queryable {
  let left = answers;
  return {
    async query<R>(statement: string | Prepared, values?: readonly unknown[]) {
      const result = await touches.database.query<R>(statement, values);
      if (left-- > 0) throw new Error('the connection was cut before the answer');
      return result;
    },
  };
}

describe('the count of the door, stored', () => {
  it('I6: counts once what it stored without being told so', async () => {
    const count = new DoorCount(losing(2), randomUUID());
    const before = await new DoorCount(touches.database, randomUUID()).read();
    await count.add({ received: 3, accepted: 2, refused: 1 });
    await count.add({ received: 1, accepted: 1 });
    await count.flush();
    await count.add({ received: 1, refused: 1 });
    const { received, accepted, quarantined, refused } = await count.read();
    expect({ received, accepted, quarantined, refused }).toEqual({
      received: before.received + 5,
      accepted: before.accepted + 3,
      quarantined: before.quarantined,
      refused: before.refused + 2,
    });
  });

  it('I6: counts each of several processes at one database', async () => {
    const counts = [1, 2, 3].map(() => new DoorCount(losing(1), randomUUID()));
    const before = await new DoorCount(touches.database, randomUUID()).read();
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(counts.map((count) => count.add({ received: 1, accepted: 1 })));
    }
    await Promise.all(counts.map((count) => count.flush()));
    expect((await new DoorCount(touches.database, randomUUID()).read()).accepted).toBe(before.accepted + 9);
  });
});
