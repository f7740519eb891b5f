import { describe, expect, it } from '@jest/globals';
import type { Queryable } from '@throughline/postgres';
import { DoorCount } from './door-count.ts';

/** A database that is told when each statement ends, and whether it fails. */
function told() {
  const asked: { readonly counts: unknown; end(failure?: Error): void }[] = [];
  const query = (_text: string, counts?: readonly unknown[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<{ rows: never[]; rowCount: number }>();
    const end = (failure?: Error) => (failure ? reject(failure) : resolve({ rows: [], rowCount: 1 }));
    asked.push({ counts, end });
    return promise;
  };
  return { asked, count: new DoorCount({ query } as Queryable) };
}
const turn = () => new Promise((done) => setImmediate(done));
const ended = async (work: Promise<void>) => Promise.race([work.then(() => true), turn().then(() => false)]);

describe('the count of the door', () => {
  it('I6: is stored before anything of it is answered, all that came meanwhile by the next statement', async () => {
    const { asked, count } = told();
    const first = count.add({ received: 1, accepted: 1 });
    expect(await ended(first)).toBe(false);
    const [second, third] = [count.add({ received: 2, accepted: 2 }), count.add({ received: 1, refused: 1 })];
    asked[0]?.end();
    expect(await ended(first)).toBe(true);
    expect([await ended(second), await ended(third)]).toEqual([false, false]);
    expect(asked.map(({ counts }) => counts)).toEqual([
      [1, 1, 0, 0],
      [3, 2, 0, 1],
    ]);
    asked[1]?.end();
    await Promise.all([second, third]);
  });

  it('I6: holds nobody up while the database is away, and is stored whole by the first statement after', async () => {
    const { asked, count } = told();
    const first = count.add({ received: 1, accepted: 1 });
    await turn();
    asked[0]?.end(new Error('away'));
    await first;
    await count.add({ received: 1, accepted: 1 });
    await turn();
    expect(asked[1]?.counts).toEqual([2, 2, 0, 0]);
  });
});
