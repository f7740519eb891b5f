import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, loadPrepared } from './index.ts';
import { testDatabase, type TestDatabase } from './testing/index.ts';

const statement = loadPrepared(import.meta.url, './testing/prepared.sql');

describe('a prepared statement', () => {
  let home: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    home = await testDatabase('prepared');
    database = await Database.open({ url: home.url, name: 'prepared.int.spec', poolSize: 1 });
  });
  afterAll(async () => {
    await database.close();
    await home.drop();
  });

  const become = (body: string) =>
    database.query(
      `create or replace function greeting(who text) returns text language sql as $$ ${body} $$`,
    );
  const greet = async (who: string) =>
    (await database.query<{ said: string }>(statement, [who])).rows.map(({ said }) => said);

  it('is parsed once a connection, in a transaction or not, and again on the next one', async () => {
    await become(`select 'Hello, ' || who`);
    expect(await greet('Ada')).toEqual(['Hello, Ada']);
    expect(await database.transaction((tx) => tx.query(statement, ['Bob']))).toMatchObject({ rowCount: 1 });
    const kept = await database.query('select statement from pg_prepared_statements');
    expect(kept.rows).toEqual([{ statement: statement.text }]);

    await database.query('select pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
    await greet('a connection that has ended').catch(() => undefined);
    expect(await greet('Cy')).toEqual(['Hello, Cy']);
  });

  it('goes on where the function that it calls is another by now', async () => {
    await become(`select 'Hello, ' || who`);
    await greet('Ada');
    await become(`select 'Good morning, ' || who`);
    expect(await greet('Ada')).toEqual(['Good morning, Ada']);
    await database.query('drop function greeting(text)');
    await expect(greet('Ada')).rejects.toMatchObject({ code: '42883' });
    await become(`select 'Back again, ' || who`);
    expect(await greet('Ada')).toEqual(['Back again, Ada']);
  });
});
