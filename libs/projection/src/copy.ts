import { finished } from 'node:stream/promises';
import type { Transaction } from '@throughline/postgres';
import { from as copyFrom } from 'pg-copy-streams';
import { identifier } from './table-sql.ts';
import { baseType, checkColumns, isInstant, toInstant } from './rows.ts';
import type { Row } from './projection.ts';

/** One row as COPY's text format has it. @throws TypeError for an unknown column, NotStorable */
export type Encode = (row: Row) => string;

/** A text that PostgreSQL takes in no column; its SQLSTATE is that of the server's own refusal. */
class NotStorable extends Error {
  readonly code = '22021';
}

/** Several rows of one table, and how they are written there. */
export interface Copied {
  readonly table: string;
  readonly columns: Readonly<Record<string, string>>;
}

/** Made once a table: what there is to know of its columns is not looked at again for every row. */
export function encoderOf({ table, columns }: Copied): Encode {
  const known = new Set(Object.keys(columns));
  const fields = Object.entries(columns).map(([name, type]) => [name, textOf(type)] as const);
  return (row) => {
    let line = '';
    let found = 0;
    for (const [name, text] of fields) {
      const value = row[name];
      if (value !== undefined) found += 1;
      line += value === null || value === undefined ? '\\N\t' : `${text(value)}\t`;
    }
    if (Object.keys(row).length > found) checkColumns(table, known, row);
    if (!line.isWellFormed()) throw new NotStorable('half a surrogate pair is no text of UTF-8');
    return `${line.slice(0, -1)}\n`;
  };
}

const frozen = new WeakSet<Transaction>();

/**
 * Rows copied in this transaction from now on are written as if they had been there for ever: nobody has to visit their
 * pages again to mark them. For a transaction that emptied every table it copies into, or the server refuses.
 */
export function freezeRows(tx: Transaction): void {
  frozen.add(tx);
}

/**
 * Adds encoded rows to a table, in a third of the time that a set of JSON takes.
 * @throws the server's error, such as 23505, with nothing added
 */
export async function copyInto(tx: Transaction, into: Copied, lines: readonly string[]): Promise<void> {
  const copy = tx.client.query(copyFrom(copyStatement(tx, into)));
  copy.end(lines.join(''));
  await finished(copy);
}

export function copyStatement(tx: Transaction, { table, columns }: Copied): string {
  const names = Object.keys(columns).map(identifier).join(', ');
  return `copy ${identifier(table)} (${names}) from stdin${frozen.has(tx) ? ' with (freeze)' : ''}`;
}

/** A value as a field, escaped. */
type Text = (value: unknown) => string;

function textOf(type: string): Text {
  const base = baseType(type);
  if (base.endsWith('[]')) return (value) => escaped(arrayText(value));
  if (base === 'json' || base === 'jsonb') return (value) => escaped(JSON.stringify(value));
  if (isInstant(type)) return (value) => escaped(toInstant(value));
  return (value) => (typeof value === 'number' ? String(value) : escaped(scalarText(value)));
}

function scalarText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function arrayText(value: unknown): string {
  if (!Array.isArray(value)) return scalarText(value);
  return `{${value.map(elementText).join(',')}}`;
}

function elementText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) return arrayText(value);
  return `"${scalarText(value).replaceAll(/["\\]/g, '\\$&')}"`;
}

const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replaceAll(/[\\\n\r\t]/g, (sign) => ESCAPES[sign] ?? sign) : text;
}
