import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CommitRefused, Database } from './index.ts';
import { testDatabase, type TestDatabase } from './testing/index.ts';

describe('a transaction', () => {
  let home: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    home = await testDatabase('transaction');
    database = await Database.open({ url: home.url, name: 'transaction.int.spec' });
    await database.query('CREATE TABLE account (name text PRIMARY KEY, amount bigint NOT NULL)');
  });
  beforeEach(() => database.query('TRUNCATE account'));
  afterAll(async () => {
    await database.close();
    await home.drop();
  });

  const names = async () => (await database.query<{ name: string }>('SELECT name FROM account')).rows;

  it('keeps what it wrote when its work resolves', async () => {
    const rowCount = await database.transaction(async (tx) => {
      const written = await tx.query("INSERT INTO account VALUES ('acme', 1), ('globex', 2)");
      return written.rowCount;
    });

    expect(rowCount).toBe(2);
    expect(await names()).toEqual([{ name: 'acme' }, { name: 'globex' }]);
  });
});
