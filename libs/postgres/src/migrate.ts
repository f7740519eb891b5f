import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Database } from './database.ts';
import { loadSql } from './load-sql.ts';
import type { Session } from './session.ts';

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly sql: string;
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

const createTable = loadSql(import.meta.url, './schema-migration.sql');
const recordMigration = loadSql(import.meta.url, './record-migration.sql');
const MIGRATION_LOCK = 7_205_002;

/**
 * Brings a database to the newest of the numbered files (`0001-name.sql`) in a directory, each in one transaction with
 * its row in `schema_migration`. Several processes may call it at once: one works, the others wait and find it done.
 * @param owner whose files they are; several owners may share a database
 * @throws MigrationRefused when a file that was applied has changed or is gone, or when numbers repeat or have a gap
 */
export async function migrate(database: Database, owner: string, directory: URL): Promise<void> {
  const migrations = readMigrations(directory);
  const session = await database.session();
  try {
    await session.query('SET lock_timeout = 0');
    await session.query('SET statement_timeout = 0');
    await session.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await session.query(createTable);
    const { rows } = await session.query<Applied>(
      'SELECT number, name, checksum FROM schema_migration WHERE owner = $1 ORDER BY number',
      [owner],
    );
    checkApplied(owner, migrations, rows);
    for (const migration of migrations.slice(rows.length)) await apply(session, owner, migration);
  } finally {
    await session.close();
  }
}

export class MigrationRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MigrationRefused';
  }
}

async function apply(session: Session, owner: string, migration: Migration): Promise<void> {
  await session.query('BEGIN');
  try {
    await session.client.query(migration.sql); // simple protocol: a file may hold several statements
    await session.query(recordMigration, [owner, migration.number, migration.name, migration.checksum]);
  } catch (error) {
    await session.query('ROLLBACK');
    throw new Error(`Migration ${migration.name} of ${owner} failed: ${(error as Error).message}`, {
      cause: error,
    });
  }
  await session.query('COMMIT');
}

function readMigrations(directory: URL): Migration[] {
  const base = new URL(directory.href.endsWith('/') ? directory.href : `${directory.href}/`);
  const files = readdirSync(base)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  return files.map((name, index) => {
    const number = Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)?.[1]);
    if (number !== index + 1) {
      throw new MigrationRefused(
        `Migration files must be numbered 0001-name.sql onwards without gap or repeat; ${name} is out of line`,
      );
    }
    const sql = readFileSync(new URL(name, base), 'utf8');
    return { number, name, checksum: createHash('sha256').update(sql).digest('hex'), sql };
  });
}

function checkApplied(owner: string, migrations: readonly Migration[], applied: readonly Applied[]): void {
  for (const [index, row] of applied.entries()) {
    const file = migrations[index];
    if (!file || row.number !== file.number) {
      throw new MigrationRefused(
        `The database has migration ${row.name} of ${owner}, which this program does not know: run the newer program`,
      );
    }
    if (row.checksum !== file.checksum) {
      throw new MigrationRefused(
        `Migration ${file.name} of ${owner} was changed after it had been applied (as ${row.name}): ` +
          'restore the file and put the change into a new one',
      );
    }
  }
}
