import type { Row, Table } from './projection.ts';

/** A row in the one form that both a projector's result and a row read back have; see Row. */
export function normalise(table: Table, row: Row): Row {
  for (const column in row) {
    if (!Object.hasOwn(table.columns, column)) {
      throw new TypeError(`table ${table.name} has no column ${column}: name it in columns`);
    }
  }
  const normal: Record<string, unknown> = {};
  for (const [column, type] of Object.entries(table.columns))
    normal[column] = toForm(type, row[column] ?? null);
  return Object.freeze(normal);
}

function toForm(type: string, value: unknown): unknown {
  if (value === null) return null;
  const [base = ''] = type.toLowerCase().trim().split(/[\s(]/);
  if (type.includes('[]')) return deepFreeze(value);
  if (base === 'json' || base === 'jsonb') return deepFreeze(sortKeys(value));
  if (base === 'bigint' || base === 'int8' || base === 'numeric' || base === 'decimal') return String(value);
  if (base === 'timestamptz' || (base === 'timestamp' && type.includes('with time zone')))
    return toInstant(value);
  if (['int', 'int4', 'integer', 'smallint', 'int2'].includes(base)) return Number(value);
  return value;
}

/** 'infinity' is a PostgreSQL instant that Date does not know. */
function toInstant(value: unknown): string {
  const text = String(value);
  return text.endsWith('infinity') ? text : new Date(text).toISOString();
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
