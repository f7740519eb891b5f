import { minorUnits, numberOf, PLAIN, type NumberFormat } from './number.ts';
import type { Value } from './mapping.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Cells = Readonly<Record<string, string>>;

export interface Tables {
  readonly maps: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** file label to its rows by their single key column's value */
  readonly lookups: Readonly<Record<string, ReadonlyMap<string, Cells>>>;
  /** how the mapping says that numbers are written, by name */
  readonly numbers?: Readonly<Record<string, NumberFormat>>;
  /** told of a look-up that found no row */
  readonly onMissing?: (lookup: string, value: string) => void;
  /** `{$key}` of the row */
  readonly key?: string;
}

/** A row cannot be mapped; the message names the column or the field and says what is expected. */
export class RowError extends Error {
  override readonly name = 'RowError';
}

/** A value with whether a cell of the row fed it: what no cell fed, the mapping concluded. */
export interface Evaluated {
  readonly value: Json;
  readonly fed: boolean;
  /** fields inside that no cell fed, as paths below this one */
  readonly concluded: readonly string[];
}

const literal = (value: Json): Evaluated => ({ value, fed: false, concluded: [] });

/** The text with its cells filled in; null when one of them is blank. @throws RowError on an unknown column */
export function fill(text: string, cells: Cells, key?: string): string | null {
  let blank = false;
  const filled = text.replace(/\{([^}]+)\}/g, (_, column: string) => {
    const cell = column === '$key' ? key : cells[column];
    if (cell === undefined) throw new RowError(`the mapping names column ${column}, which the file lacks`);
    if (cell.trim() === '') blank = true;
    return cell;
  });
  return blank ? null : filled;
}

/** Evaluates a mapping's value over one row. @throws RowError */
export function evaluate(value: Value, cells: Cells, tables: Tables): Evaluated {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return literal(value);
  if (typeof value === 'string')
    return { value: fill(value, cells, tables.key), fed: /\{[^}]+\}/.test(value), concluded: [] };
  if (Array.isArray(value)) return listOf(value as readonly Value[], cells, tables);
  const node = value as Readonly<Record<string, Value>>;
  const inner = (field: string) => evaluate(node[field] ?? null, cells, tables);
  const operator = Object.keys(node).find((key) => key.startsWith('$'));
  switch (operator) {
    case undefined:
      return objectOf(node, cells, tables);
    case '$map':
      return mapped(inner('of'), tables.maps[String(node['$map'])], String(node['$map']));
    case '$lookup':
      return lookedUp(inner('of'), tables, node);
    case '$money':
      return money(inner('$money'), inner('currency'), formatOf(node, tables));
    case '$number':
      return numeric(inner('$number'), formatOf(node, tables));
    case '$list':
      return listOf(node['$list'] as readonly Value[], cells, tables);
    case '$split': {
      const text = inner('$split');
      const by = String(node['by'] ?? ',');
      return {
        ...text,
        value: typeof text.value === 'string' ? partsOf(text.value, by) : [],
      };
    }
    default:
      throw new RowError(`the mapping uses ${operator}, which does not exist`);
  }
}

/** Without blanks: a text that ends with the separator has no part behind it. */
function partsOf(text: string, by: string): string[] {
  return text
    .split(by)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function objectOf(node: Readonly<Record<string, Value>>, cells: Cells, tables: Tables): Evaluated {
  const result: Record<string, Json> = {};
  const concluded: string[] = [];
  for (const [field, below] of Object.entries(node)) {
    const evaluated = evaluate(below, cells, tables);
    result[field] = evaluated.value;
    if (!evaluated.fed && evaluated.value !== null && evaluated.concluded.length === 0) concluded.push(field);
    concluded.push(...evaluated.concluded.map((path) => `${field}.${path}`));
  }
  return { value: result, fed: true, concluded };
}

function listOf(values: readonly Value[], cells: Cells, tables: Tables): Evaluated {
  const all = values.map((each) => evaluate(each, cells, tables));
  return {
    value: all.map((each) => each.value).filter((each) => each !== null),
    fed: all.some((each) => each.fed),
    concluded: [],
  };
}

/** What the map replaced is a conclusion; what it left is as written. */
function mapped(of: Evaluated, map: Readonly<Record<string, string>> | undefined, name: string): Evaluated {
  if (!map) throw new RowError(`the mapping has no value map ${name}`);
  const value = typeof of.value === 'string' && Object.hasOwn(map, of.value) ? map[of.value] : undefined;
  return value === undefined || value === of.value ? of : { ...of, value, fed: false };
}

function lookedUp(of: Evaluated, tables: Tables, node: Readonly<Record<string, Value>>): Evaluated {
  const name = String(node['$lookup']);
  const rows = tables.lookups[name];
  if (!rows) throw new RowError(`no file was given for the lookup ${name}`);
  if (typeof of.value !== 'string') return { ...of, value: null };
  const row = rows.get(of.value);
  if (row === undefined) tables.onMissing?.(name, of.value);
  const cell = row?.[String(node['column'])] ?? '';
  return { ...of, value: cell === '' ? null : cell };
}

function formatOf(node: Readonly<Record<string, Value>>, { numbers = {} }: Tables): NumberFormat {
  const name = node['format'];
  if (name === undefined) return PLAIN;
  const format = numbers[String(name)];
  if (!format) throw new RowError(`the mapping has no number format ${String(name)}`);
  return format;
}

/** Decimal text to minor units of its currency. A constant currency is a conclusion, one from a cell is none. */
function money(of: Evaluated, currency: Evaluated, format: NumberFormat): Evaluated {
  if (of.value === null) return { ...of, value: null };
  if (currency.value === null) throw new RowError(`the currency of ${JSON.stringify(of.value)} is blank`);
  const code = String(currency.value).toUpperCase();
  const amount = minorUnits(String(of.value), code, format);
  return { value: { amount, currency: code }, fed: true, concluded: currency.fed ? [] : ['currency'] };
}

function numeric(of: Evaluated, format: NumberFormat): Evaluated {
  return of.value === null ? of : { ...of, value: numberOf(String(of.value), format) };
}
