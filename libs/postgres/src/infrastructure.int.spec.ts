import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, isInfrastructure } from './index.ts';
import { testDatabase, type TestDatabase } from './testing/index.ts';

/** I7: infrastructure errors never park, deterministic ones do. Each error here comes from a real server. */
describe('isInfrastructure', () => {
  let home: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    home = await testDatabase('infrastructure');
    database = await Database.open({ url: home.url, name: 'infrastructure.int.spec' });
    await database.query('CREATE TABLE seat (id int PRIMARY KEY, taken int NOT NULL CHECK (taken >= 0))');
    await database.query('INSERT INTO seat VALUES (1, 0), (2, 0)');
  });
  afterAll(async () => {
    await database.close();
    await home.drop();
  });

  const failure = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => new Error('it did not fail'),
      (error: unknown) => error,
    );
  const take = 'UPDATE seat SET taken = taken + 1 WHERE id = $1';

  it.each([
    ['a unique violation', 'INSERT INTO seat VALUES (1, 0)', '23505'],
    ['a check violation', 'UPDATE seat SET taken = -1', '23514'],
    ['a syntax error', 'SELEC 1', '42601'],
    ['a missing table', 'SELECT * FROM nowhere', '42P01'],
    ['a number out of range', "SELECT '99999999999'::int", '22003'],
    ['a division by zero', 'SELECT 1/0', '22012'],
  ])('says no to %s', async (_case, statement, code) => {
    const error = await failure(database.query(statement));

    expect(error).toMatchObject({ code });
    expect(isInfrastructure(error)).toBe(false);
  });

  it('says yes to a deadlock', async () => {
    const both = meeting(2);
    const crossing = (first: number, second: number) =>
      database.transaction(async (tx) => {
        await tx.query(take, [first]);
        await both();
        await tx.query(take, [second]);
      });

    const results = await Promise.allSettled([crossing(1, 2), crossing(2, 1)]);
    const errors = results.flatMap((it) => (it.status === 'rejected' ? [it.reason as unknown] : []));

    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: '40P01' });
    expect(errors.map(isInfrastructure)).toEqual([true]);
  });

  it('says yes to a serialization failure', async () => {
    const both = meeting(2);
    const taking = () =>
      database.transaction(async (tx) => {
        await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        await tx.query('SELECT * FROM seat');
        await both();
        await tx.query(take, [1]);
      });

    const results = await Promise.allSettled([taking(), taking()]);
    const errors = results.flatMap((it) => (it.status === 'rejected' ? [it.reason as unknown] : []));

    expect(errors).toMatchObject([{ code: '40001' }]);
    expect(errors.map(isInfrastructure)).toEqual([true]);
  });

  it.each([
    [
      'a statement that took too long',
      ["SET LOCAL statement_timeout = '50ms'", 'SELECT pg_sleep(30)'],
      '57014',
    ],
    ['a lock that was not given', ["SET LOCAL lock_timeout = '50ms'", 'LOCK TABLE seat'], '55P03'],
  ])('says yes to %s', async (_case, [limit = '', statement = ''], code) => {
    const error = await database.transaction(async (holder) => {
      await holder.query('LOCK TABLE seat');
      return failure(
        database.transaction(async (tx) => {
          await tx.query(limit);
          await tx.query(statement);
        }),
      );
    });

    expect(error).toMatchObject({ code });
    expect(isInfrastructure(error)).toBe(true);
  });

  it('says yes to a transaction that was cut off for being idle (I5)', async () => {
    const error = await failure(
      database.transaction(async (tx) => {
        await tx.query("SET LOCAL idle_in_transaction_session_timeout = '20ms'");
        await new Promise((ended) => tx.client.once('end', ended));
        await tx.query('SELECT 1');
      }),
    );

    expect(isInfrastructure(error)).toBe(true);
  });

  it('says yes to a backend that was terminated in mid-statement', async () => {
    const error = await failure(
      database.query('SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(30)'),
    );

    expect(isInfrastructure(error)).toBe(true);
  });

  it.each([
    ['a server that is not there', (url: URL) => (url.port = '1')],
    ['a password that is refused', (url: URL) => (url.password = 'wrong')],
    ['a database that is not there', (url: URL) => (url.pathname = '/nowhere')],
  ])('says yes to %s', async (_case, spoil) => {
    const url = new URL(home.url);
    spoil(url);

    const error = await failure(Database.open({ url: url.href, name: 'lost' }));

    expect(isInfrastructure(error)).toBe(true);
  });
});

/** Resolves for all when `count` have come. */
function meeting(count: number): () => Promise<void> {
  const waiting: (() => void)[] = [];
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === count) for (const go of waiting) go();
    });
}
