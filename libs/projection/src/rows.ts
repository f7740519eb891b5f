import type { Row, Table } from './projection.ts';

type Form = (value: unknown) => unknown;

interface Shape {
  readonly columns: ReadonlySet<string>;
  readonly forms: readonly (readonly [column: string, form: Form])[];
}

const shapes = new WeakMap<Table['columns'], Shape>();

/** A row in the one form that both a projector's result and a row read back have; see Row. */
export function normalise({ name, columns }: Table, row: Row): Row {
  const shape = shapeOf(columns);
  const normal: Record<string, unknown> = {};
  let found = 0;
  for (const [column, form] of shape.forms) {
    const value = row[column];
    if (value !== undefined) found += 1;
    normal[column] = value === null || value === undefined ? null : form(value);
  }
  if (Object.keys(row).length > found) checkColumns(name, shape.columns, row);
  return Object.freeze(normal);
}

/** @throws TypeError for a column that the table does not have */
export function checkColumns(table: string, columns: { has(column: string): boolean }, row: Row): void {
  for (const column in row) {
    if (!columns.has(column))
      throw new TypeError(`table ${table} has no column ${column}: name it in columns`);
  }
}

/** The type of a column without modifiers and constraints, in lower case: `numeric(10, 2) not null` is `numeric`. */
export function baseType(type: string): string {
  const [base = ''] = type.toLowerCase().trim().split(/[\s(]/);
  return type.includes('[]') ? `${base.replaceAll('[]', '')}[]` : base;
}

function shapeOf(columns: Table['columns']): Shape {
  const known = shapes.get(columns);
  if (known) return known;
  const forms = Object.entries(columns).map(([column, type]) => [column, formOf(type)] as const);
  const shape = { columns: new Set(Object.keys(columns)), forms };
  shapes.set(columns, shape);
  return shape;
}

function formOf(type: string): Form {
  const base = baseType(type);
  if (base.endsWith('[]')) return deepFreeze;
  if (base === 'json' || base === 'jsonb') return (value) => deepFreeze(sortKeys(value));
  if (['bigint', 'int8', 'numeric', 'decimal'].includes(base)) return String;
  if (isInstant(type)) return toInstant;
  if (['int', 'int4', 'integer', 'smallint', 'int2'].includes(base)) return Number;
  return (value) => (typeof value === 'bigint' ? String(value) : value);
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export function isInstant(type: string): boolean {
  const base = baseType(type);
  return base === 'timestamptz' || (base === 'timestamp' && type.includes('with time zone'));
}

/** 'infinity' is a PostgreSQL instant that Date does not know. */
export function toInstant(value: unknown): string {
  const text = String(value);
  return INSTANT.test(text) || text.endsWith('infinity') ? text : new Date(text).toISOString();
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, sortKeys(inner)]),
  );
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
