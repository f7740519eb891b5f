import { randomBytes } from 'node:crypto';
import { escapeIdentifier } from 'pg';
import { Session } from '../session.ts';
import { provision } from '../provision.ts';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * A fresh database, owned by a fresh unprivileged role, on the server that THROUGHLINE_TEST_POSTGRES names
 * (the admin's URL). `drop` ends what is still connected.
 */
export async function testDatabase(label: string): Promise<TestDatabase> {
  const adminUrl = testServer();
  const name = `test_${label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 32)}_${randomBytes(5).toString('hex')}`;
  const urls = await provision(adminUrl, [
    { database: name, role: name, password: randomBytes(12).toString('hex') },
  ]);
  const url = urls[name];
  if (url === undefined) throw new Error(`${name} was not made`);
  return { url, drop: () => drop(adminUrl, name) };
}

/** The admin's URL of the server for tests. */
export function testServer(): string {
  const url = process.env['THROUGHLINE_TEST_POSTGRES'];
  if (url) return url;
  throw new Error(
    'No PostgreSQL for tests: run them through Jest (its global set-up starts one), in a file named .int.spec.ts or ' +
      '.e2e.spec.ts, or set THROUGHLINE_TEST_POSTGRES to the URL of a superuser.',
  );
}

async function drop(adminUrl: string, name: string): Promise<void> {
  const session = await Session.open({ url: adminUrl, name: 'drop test database' });
  try {
    await session.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
    await session.query(`DROP ROLE IF EXISTS ${escapeIdentifier(name)}`);
  } finally {
    await session.close();
  }
}
