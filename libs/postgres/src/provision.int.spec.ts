import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Database, provision, provisionReader } from './index.ts';
import { testServer } from './testing/index.ts';

describe('provision', () => {
  const suffix = randomBytes(4).toString('hex');
  const service = (name: string, password: string) => ({
    database: `${name}_${suffix}`,
    role: `${name} role ${suffix}`,
    password,
  });
  const leads = service('leads', 'p:/@%?#');
  const touches = service('touches', 'second');
  const analyst = service('analyst', 'fourth');
  let urls: Record<string, string>;

  beforeAll(async () => {
    urls = await provision(testServer(), [leads, touches]);
  });
  afterAll(() =>
    withDatabase(testServer(), async (admin) => {
      for (const { database, role } of [leads, touches]) {
        await admin.query(`DROP DATABASE "${database}" WITH (FORCE)`);
        await admin.query(`DROP ROLE "${role}"`);
      }
      await admin.query(`DROP ROLE IF EXISTS "${analyst.role}"`);
    }),
  );

  const urlTo = (database: string, as: string) => {
    const url = new URL(urls[as] ?? '');
    url.pathname = `/${database}`;
    return url.href;
  };

  it('gives each role a database of its own, where it may do as it likes', async () => {
    const rows = await withDatabase(urls[leads.database] ?? '', async (database) => {
      await database.query('CREATE SCHEMA own');
      await database.query('CREATE TABLE own.lead (id text)');
      return (await database.query('SELECT current_user, current_database()')).rows;
    });

    expect(rows).toEqual([{ current_user: leads.role, current_database: leads.database }]);
  });

  it.each([touches.database, 'postgres', 'template1'])('keeps a role out of %s', async (database) => {
    await expect(
      Database.open({ url: urlTo(database, leads.database), name: 'intruder' }),
    ).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('makes no role a superuser, nor one that makes databases, roles or copies', async () => {
    const rights = await withDatabase(
      testServer(),
      async (admin) =>
        (
          await admin.query(
            `SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls AS more
             FROM pg_roles WHERE rolname = ANY ($1)`,
            [[leads.role, touches.role]],
          )
        ).rows,
    );

    expect(rights).toEqual([{ more: false }, { more: false }]);
  });

  it('may be repeated, at once too, keeps the data and sets the password anew', async () => {
    const again = { ...leads, password: 'third' };
    const before = urls[leads.database] ?? '';
    const [first] = await Promise.all([provision(testServer(), [again]), provision(testServer(), [again])]);
    urls = { ...urls, ...first };

    await expect(Database.open({ url: before, name: 'old' })).rejects.toMatchObject({ code: '28P01' });
    const found = await withDatabase(urls[leads.database] ?? '', (database) =>
      database.query('TABLE own.lead'),
    );
    expect(found.rowCount).toBe(0);
  });

  it('lets a reader see what the owner granted, write nothing, and go nowhere else', async () => {
    const url = await provisionReader(testServer(), { ...analyst, database: leads.database });
    await withDatabase(urls[leads.database] ?? '', async (owner) => {
      await owner.query('CREATE SCHEMA shown');
      await owner.query('CREATE VIEW shown.one AS SELECT 1 AS one');
      await owner.query(`GRANT USAGE ON SCHEMA shown TO "${analyst.role}"`);
      await owner.query(`GRANT SELECT ON shown.one TO "${analyst.role}"`);
    });

    await withDatabase(url, async (reader) => {
      expect((await reader.query('SELECT * FROM shown.one')).rows).toEqual([{ one: 1 }]);
      await expect(reader.query('TABLE own.lead')).rejects.toMatchObject({ code: '42501' });
      await expect(reader.query('CREATE TABLE mine (id text)')).rejects.toMatchObject({ code: '25006' });
    });
    const elsewhere = new URL(url);
    elsewhere.pathname = `/${touches.database}`;
    await expect(Database.open({ url: elsewhere.href, name: 'intruder' })).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('orders text by its bytes and stores all of Unicode', async () => {
    const { rows } = await withDatabase(urls[leads.database] ?? '', (database) =>
      database.query("SELECT name FROM unnest(ARRAY['é', 'b', 'Z', 'a', '🙂']) AS name ORDER BY name"),
    );

    expect(rows.map((it) => it['name'])).toEqual(['Z', 'a', 'b', 'é', '🙂']);
  });
});

async function withDatabase<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await Database.open({ url, name: 'provision.int.spec', poolSize: 1 });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
