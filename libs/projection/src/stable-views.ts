import { createHash } from 'node:crypto';
import type { Transaction } from '@throughline/postgres';
import { enter } from './positions.ts';
import { identifier } from './table-sql.ts';

/** A schema that readers rely on while builds come and go. */
export interface StableViews {
  /** e.g. `analytics_v1` */
  readonly schema: string;
  /** in order, where one reads another; names without a schema mean the live build, other views by `schema.name` */
  readonly views: readonly { readonly name: string; readonly sql: string }[];
  /** what views and their columns hold, shown by `\\d+`; a column as `view.column`, or as `*.column` in every view */
  readonly comments?: Readonly<Record<string, string>>;
  /** roles that may read it; one that does not exist is passed over */
  readonly readers?: readonly string[];
}

/**
 * Makes the views over a build, in place of those that are there; readers see the old or the new, nothing between.
 * Views that are as they should be are left alone, so that a start locks no reader out.
 */
export async function createViews(
  tx: Transaction,
  build: string,
  stable: readonly StableViews[],
): Promise<void> {
  await enter(tx, build);
  for (const wanted of stable) {
    const { schema, views, readers } = wanted;
    const into = identifier(schema);
    const checksum = createHash('sha256')
      .update(JSON.stringify([build, wanted]))
      .digest('hex');
    const current = await tx.query(
      `select 1 from pg_namespace where nspname = $1 and obj_description(oid, 'pg_namespace') = $2`,
      [schema, checksum],
    );
    if (current.rowCount > 0) continue;
    await tx.query(`create schema if not exists ${into}`);
    for (const { name } of views.toReversed()) {
      await tx.query(`drop view if exists ${into}.${identifier(name)} cascade`);
    }
    for (const { name, sql } of views) await tx.query(`create view ${into}.${identifier(name)} as ${sql}`);
    if (wanted.comments !== undefined) await comment(tx, wanted, wanted.comments);
    for (const reader of readers ?? []) await allow(tx, into, reader);
    await tx.query(`comment on schema ${into} is '${checksum}'`);
  }
}

async function comment(
  tx: Transaction,
  { schema, views }: StableViews,
  comments: Readonly<Record<string, string>>,
): Promise<void> {
  const { rows } = await tx.query<{ view: string; name: string }>(
    `select table_name as view, column_name as name from information_schema.columns where table_schema = $1`,
    [schema],
  );
  const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
  for (const { name } of views) {
    const text = comments[name];
    if (text === undefined) continue;
    await tx.query(`comment on view ${identifier(schema)}.${identifier(name)} is ${literal(text)}`);
  }
  for (const { view, name } of rows) {
    const text = comments[`${view}.${name}`] ?? comments[`*.${name}`];
    if (text === undefined) continue;
    const column = `${identifier(schema)}.${identifier(view)}.${quoted(name)}`;
    await tx.query(`comment on column ${column} is ${literal(text)}`);
  }
}

/** A name that the database gave, which may be a reserved word. */
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

async function allow(tx: Transaction, schema: string, reader: string): Promise<void> {
  const { rowCount } = await tx.query('select 1 from pg_roles where rolname = $1', [reader]);
  if (rowCount === 0) return;
  await tx.query(`grant usage on schema ${schema} to ${identifier(reader)}`);
  await tx.query(`grant select on all tables in schema ${schema} to ${identifier(reader)}`);
}
