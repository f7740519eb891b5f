import { inWhole, minorDigits } from '@throughline/contracts';
import type { Value } from './mapping.ts';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Cells = Readonly<Record<string, string>>;

export interface Tables {
  readonly maps: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** file label to its rows by their single key column's value */
  readonly lookups: Readonly<Record<string, ReadonlyMap<string, Cells>>>;
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
export function fill(text: string, cells: Cells): string | null {
  let blank = false;
  const filled = text.replace(/\{([^}]+)\}/g, (_, column: string) => {
    const cell = cells[column];
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
    return { value: fill(value, cells), fed: /\{[^}]+\}/.test(value), concluded: [] };
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
      return lookedUp(inner('of'), tables.lookups[String(node['$lookup'])], node);
    case '$money':
      return money(inner('$money'), String(node['currency']));
    case '$number':
      return numeric(inner('$number'));
    case '$list':
      return listOf(node['$list'] as readonly Value[], cells, tables);
    case '$split': {
      const text = inner('$split');
      const by = String(node['by'] ?? ',');
      return {
        ...text,
        value: typeof text.value === 'string' ? text.value.split(by).map((part) => part.trim()) : [],
      };
    }
    default:
      throw new RowError(`the mapping uses ${operator}, which does not exist`);
  }
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
  const value = typeof of.value === 'string' ? map[of.value] : undefined;
  return value === undefined || value === of.value ? of : { ...of, value, fed: false };
}

function lookedUp(
  of: Evaluated,
  rows: ReadonlyMap<string, Cells> | undefined,
  node: Readonly<Record<string, Value>>,
): Evaluated {
  if (!rows) throw new RowError(`no file was given for the lookup ${String(node['$lookup'])}`);
  const cell = typeof of.value === 'string' ? rows.get(of.value)?.[String(node['column'])] : undefined;
  return { ...of, value: cell === undefined || cell.trim() === '' ? null : cell };
}

/** Decimal text to minor units of its currency, without floating point. A constant currency is a conclusion. */
function money(of: Evaluated, currency: string): Evaluated {
  const digits = minorDigits(currency);
  if (digits === null) throw new RowError(`the mapping names ${currency}, which is no currency such as EUR`);
  if (of.value === null) return { ...of, value: null };
  const match = /^(-?)(\d+)(?:\.(?=\d)(\d*?)0*)?$/.exec(String(of.value).trim());
  const [, sign = '', whole = '', part = ''] = match ?? [];
  if (!match || part.length > digits)
    throw new RowError(
      `${JSON.stringify(of.value)} is not an amount of ${currency} such as ${inWhole(105450n, currency)}`,
    );
  const minor = Number(`${sign}${whole}${part.padEnd(digits, '0')}`);
  if (!Number.isSafeInteger(minor)) throw new RowError(`${JSON.stringify(of.value)} is too large an amount`);
  return { value: { amount: minor, currency }, fed: true, concluded: ['currency'] };
}

function numeric(of: Evaluated): Evaluated {
  if (of.value === null) return of;
  const number = Number(of.value);
  if (!Number.isFinite(number)) throw new RowError(`${JSON.stringify(of.value)} is not a number`);
  if (Number.isInteger(number) && !Number.isSafeInteger(number))
    throw new RowError(`${JSON.stringify(of.value)} is too large a number`);
  return { ...of, value: number };
}
