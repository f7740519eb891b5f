import { loadSql, migrate, type Database, type Queryable, type Transaction } from '@throughline/postgres';
import type { Log } from '@throughline/log';
import { addPosition, enter } from './positions.ts';
import type { Projection } from './projection.ts';
import { createTable, identifier } from './table-sql.ts';
import { keysFromTheStart, keysOfRows } from './keys.ts';

const schemaSql = loadSql(import.meta.url, './sql/schema.sql');
const passedSql = loadSql(import.meta.url, './sql/passed.sql');
const identitySql = loadSql(import.meta.url, './sql/identity.sql');

export type BuildState = 'building' | 'live' | 'previous';

/** One schema that holds a whole projection: a version of its code, built for the n-th time. */
export interface Build {
  readonly schema: string;
  readonly version: number;
  readonly build: number;
  readonly state: BuildState;
}

/** The live build is of another version of the code; nothing is written until one of the two is changed. */
export class VersionNotLive extends Error {
  override readonly name = 'VersionNotLive';
  readonly retriable = true;
}

export async function migrateBuilds(database: Database): Promise<void> {
  await migrate(database, 'projection', new URL('./migrations/', import.meta.url));
}

export async function builds(db: Queryable, name: string): Promise<Build[]> {
  const { rows } = await db.query<Build & Record<string, unknown>>(
    'select schema, version, build, state from projection.build where name = $1 order by version, build',
    [name],
  );
  return rows;
}

/** @throws VersionNotLive; RangeError where nothing was prepared */
export async function liveBuild(db: Queryable, name: string, version: number): Promise<Build> {
  const live = (await builds(db, name)).find(({ state }) => state === 'live');
  if (!live) throw new RangeError(`projection ${name} was not prepared`);
  if (live.version === version) return live;
  throw new VersionNotLive(
    `version ${live.version} of ${name} is live and this program is version ${version}: ` +
      `run 'throughline rebuild --of ${name}' with this program, or go back to the other`,
  );
}

/** Makes the tables that builds of an older program lack, in the schema that was entered. */
export async function addLaterTables(tx: Transaction): Promise<void> {
  await tx.query(passedSql);
}

/**
 * Makes the next schema of a projection with its tables; an unfinished build left behind is dropped.
 * @param keys later: the keys and indexes of what a load fills are left to it
 */
export async function createBuild(
  tx: Transaction,
  projection: Pick<Projection, 'name' | 'version'> & Partial<Projection>,
  state: BuildState,
  keys: 'now' | 'later' = 'now',
): Promise<Build> {
  const { name, version } = projection;
  const existing = await builds(tx, name);
  for (const left of existing) if (left.state === 'building') await dropBuild(tx, left.schema);
  const build = Math.max(0, ...existing.filter((it) => it.version === version).map((it) => it.build)) + 1;
  const schema = build === 1 ? `${name}_v${version}` : `${name}_v${version}_b${build}`;
  await tx.query(`create schema ${identifier(schema)}`);
  await enter(tx, schema);
  await tx.query(schemaSql);
  await tx.query(passedSql);
  if (projection.identity) await tx.query(identitySql);
  for (const table of projection.tables ?? []) await tx.query(createTable(table));
  const sooner = keysFromTheStart(projection);
  const later = keys === 'now' ? keysOfRows(projection).flat() : [];
  for (const sql of [...sooner, ...later]) await tx.query(sql);
  await tx.query(
    'insert into projection.build (schema, name, version, build, state) values ($1, $2, $3, $4, $5)',
    [schema, name, version, build, state],
  );
  return { schema, version, build, state };
}

export async function dropBuild(tx: Transaction, schema: string): Promise<void> {
  await tx.query(`drop schema if exists ${identifier(schema)} cascade`);
  await tx.query('delete from projection.build where schema = $1', [schema]);
}

/** Position rows for every partition that the log has now. */
export async function addPositions(db: Queryable, log: Log, topics: readonly string[]): Promise<void> {
  for (const topic of topics) {
    const marks = await log.marks(topic);
    await addPosition(
      db,
      topic,
      marks.map(({ partition }) => partition),
    );
  }
}

/** One preparing or switching at a time, across processes; until the transaction ends. */
export async function holdBuilds(tx: Transaction, name: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('projection.build:' || $1, 0))`, [name]);
}
