import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Database, migrate, MigrationRefused } from './index.ts';
import { testDatabase, type TestDatabase } from './testing/index.ts';

describe('migrate', () => {
  let home: TestDatabase;
  let database: Database;
  let directory: string;

  beforeAll(async () => {
    home = await testDatabase('migrate');
    database = await Database.open({ url: home.url, name: 'migrate.int.spec' });
  });
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'migrations-'));
    await database.query('DROP SCHEMA public CASCADE');
    await database.query('CREATE SCHEMA public');
    write('0001-lead.sql', 'CREATE TABLE lead (id text);\nINSERT INTO lead VALUES (1);');
  });
  afterAll(async () => {
    await database.close();
    await home.drop();
  });

  const write = (file: string, sql: string) => writeFileSync(join(directory, file), sql);
  const run = (owner = 'leads') => migrate(database, owner, pathToFileURL(directory));
  const applied = async () =>
    (await database.query('SELECT owner, number FROM schema_migration ORDER BY 1, 2')).rows;

  it('applies each file once, whatever the number of runs, and later files when they come', async () => {
    await run();
    await run();
    write('0002-more.sql', 'INSERT INTO lead VALUES (2)');
    await run();

    expect((await database.query('SELECT id FROM lead')).rows).toEqual([{ id: '1' }, { id: '2' }]);
    expect(await applied()).toEqual([
      { owner: 'leads', number: 1 },
      { owner: 'leads', number: 2 },
    ]);
  });

  it('applies each file once when several processes start at the same moment', async () => {
    const others = await Promise.all(
      [1, 2, 3].map((n) => Database.open({ url: home.url, name: `process ${n}` })),
    );
    await Promise.all(others.map((it) => migrate(it, 'leads', pathToFileURL(directory))));
    await Promise.all(others.map((it) => it.close()));

    expect(await applied()).toEqual([{ owner: 'leads', number: 1 }]);
  });

  it('counts the files of every owner by themselves', async () => {
    await run('leads');
    write('0001-lead.sql', 'SELECT 1');
    await run('relay');

    expect(await applied()).toEqual([
      { owner: 'leads', number: 1 },
      { owner: 'relay', number: 1 },
    ]);
  });

  it('refuses a file that was changed after it had been applied', async () => {
    await run();
    write('0001-lead.sql', 'CREATE TABLE lead (id int)');

    await expect(run()).rejects.toThrow(MigrationRefused);
    await expect(run()).rejects.toThrow('put the change into a new one');
  });

  it('refuses a database that a newer program has migrated', async () => {
    write('0002-more.sql', 'INSERT INTO lead VALUES (2)');
    await run();
    rmSync(join(directory, '0002-more.sql'));

    await expect(run()).rejects.toThrow('run the newer program');
  });

  it.each(['0003-gap.sql', '0001-again.sql', '2-short.sql'])('refuses the file name %s', async (file) => {
    write(file, 'SELECT 1');

    await expect(run()).rejects.toThrow('without gap or repeat');
  });

  it('keeps nothing of a file that fails half-way, and goes on when it is mended', async () => {
    write('0002-half.sql', 'INSERT INTO lead VALUES (2); SELECT 1/0');
    await expect(run()).rejects.toThrow('0002-half.sql of leads failed: division by zero');
    expect((await database.query('SELECT id FROM lead')).rowCount).toBe(1);

    write('0002-half.sql', 'INSERT INTO lead VALUES (2)');
    await run();
    expect((await database.query('SELECT id FROM lead')).rowCount).toBe(2);
  });
});
