import type { Table } from './projection.ts';

const IDENTIFIER = /^[a-z_][a-z0-9_]{0,62}$/;

/** A name as SQL; only plain lower-case names are taken, so no text of an event can ever become SQL. */
export function identifier(name: string): string {
  if (!IDENTIFIER.test(name))
    throw new RangeError(`${name} must be lower case letters, digits and underscores`);
  return `"${name}"`;
}

export function createTable(table: Table): string {
  const columns = Object.entries(table.columns).map(([name, type]) => `${identifier(name)} ${type}`);
  return `create table ${identifier(table.name)} (${columns.join(', ')})`;
}

export function addPrimaryKey(table: Table): string {
  const key = table.kind === 'fact' ? table.primaryKey : [table.primaryKey];
  return `alter table ${identifier(table.name)} add primary key (${key.map(identifier).join(', ')})`;
}

/** Writes the rows of a JSON array as one set; they replace those of their key. */
export function writeRows(table: Extract<Table, { kind: 'state' }>): string {
  const columns = Object.keys(table.columns).map(identifier);
  const name = identifier(table.name);
  const replaced = columns.map((column) => `${column} = excluded.${column}`).join(', ');
  return (
    `insert into ${name} (${columns.join(', ')}) ` +
    `select ${columns.join(', ')} from json_populate_recordset(null::${name}, $1::json) ` +
    `on conflict (${identifier(table.primaryKey)}) do update set ${replaced}`
  );
}

/** The current rows of some keys of a state table. */
export function readRows(table: Extract<Table, { kind: 'state' }>): string {
  const columns = Object.keys(table.columns).map(identifier).join(', ');
  return `select ${columns} from ${identifier(table.name)} where ${identifier(table.primaryKey)} = any ($1::text[])`;
}
