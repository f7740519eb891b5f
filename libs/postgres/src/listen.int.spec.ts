import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from './index.ts';
import { testDatabase, type TestDatabase } from './testing/index.ts';

describe('a dedicated connection', () => {
  let home: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    home = await testDatabase('listen');
    database = await Database.open({ url: home.url, name: 'listen.int.spec' });
  });
  afterAll(async () => {
    await database.close();
    await home.drop();
  });

  const cut = async (name: string) => {
    const { rowCount } = await database.query(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = $1`,
      [name],
    );
    expect(rowCount).toBe(1);
  };

  it('hears its channel, comes back by itself when cut, and then says that something may have been missed', async () => {
    const heard = inbox();
    const stop = await database.listen('outbox: leads', heard.put);

    await database.query('SELECT pg_notify($1, $2)', ['outbox: leads', 'first']);
    expect(await heard.next()).toBe('first');
    await cut('listen.int.spec: listen outbox: leads');
    expect(await heard.next()).toBe('');
    await database.query('SELECT pg_notify($1, $2)', ['outbox: leads', 'second']);
    expect(await heard.next()).toBe('second');

    await stop();
    const { rows } = await database.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%outbox: leads'",
    );
    expect(rows).toEqual([]);
  });

  it('holds a session lock until its connection ends, and tells when it does (I5)', async () => {
    const tryLock = 'SELECT pg_try_advisory_lock(77) AS taken';
    const [owner, other] = [await database.session(), await database.session()];
    expect((await owner.query(tryLock)).rows).toEqual([{ taken: true }]);
    expect((await other.query(tryLock)).rows).toEqual([{ taken: false }]);

    const { rows } = await owner.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await database.query('SELECT pg_terminate_backend($1, 5000)', [rows[0]?.pid]);

    await owner.closed;
    expect((await other.query(tryLock)).rows).toEqual([{ taken: true }]);
    await expect(owner.query('SELECT 1')).rejects.toThrow();
    await Promise.all([owner.close(), other.close()]);
  });
});

/** Messages in the order they come; `next` waits for one. */
function inbox() {
  const come: string[] = [];
  const waiting: ((message: string) => void)[] = [];
  return {
    put: (message: string) => {
      const first = waiting.shift();
      if (first) first(message);
      else come.push(message);
    },
    next: () =>
      new Promise<string>((resolve) => {
        const first = come.shift();
        if (first === undefined) waiting.push(resolve);
        else resolve(first);
      }),
  };
}
