import { describe, expect, it } from '@jest/globals';
import type { Queryable } from '@throughline/postgres';
import { DoorCount } from './door-count.ts';

/** A database that is told when each statement ends, and whether it fails. */
function told() {
  const asked: { readonly counts: unknown; readonly write: unknown; end(failure?: Error): void }[] = [];
  const query = (_text: string, counts?: readonly unknown[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<{ rows: never[]; rowCount: number }>();
    const end = (failure?: Error) => (failure ? reject(failure) : resolve({ rows: [], rowCount: 1 }));
    asked.push({ counts: counts?.slice(0, 4), write: counts?.slice(4), end });
    return promise;
  };
  return { asked, count: new DoorCount({ query } as Queryable, 'writer') };
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
    asked[1]?.end();
    await turn();
    expect(asked.slice(1).map(({ counts }) => counts)).toEqual([
      [1, 1, 0, 0],
      [1, 1, 0, 0],
    ]);
  });

  it('I6: says a write again under its own number until it is answered, and the next under the next', async () => {
    const { asked, count } = told();
    const first = count.add({ received: 3, accepted: 3 });
    await turn();
    asked[0]?.end(new Error('the answer was lost'));
    await first;
    const flushed = count.flush();
    await turn();
    asked[1]?.end(new Error('and again'));
    await flushed;
    void count.add({ received: 1, refused: 1 });
    await turn();
    asked[2]?.end();
    await turn();
    expect(asked.map(({ counts, write }) => [counts, write])).toEqual([
      [
        [3, 3, 0, 0],
        ['writer', 1],
      ],
      [
        [3, 3, 0, 0],
        ['writer', 1],
      ],
      [
        [3, 3, 0, 0],
        ['writer', 1],
      ],
      [
        [1, 0, 0, 1],
        ['writer', 2],
      ],
    ]);
  });
});
