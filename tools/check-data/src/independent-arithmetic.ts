/**
 * The arithmetic of the independent figures: straight from CSV files, sharing nothing with Throughline.
 * Identical rows count once, for a key names a row.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

export type Row = Record<string, string>;
export type Figures = Record<string, unknown>;

export function rows(folder: string, name: string, key: string): Row[] {
  const file = readdirSync(folder).find((each) => each.includes(name) && each.endsWith('.csv')) ?? name;
  const all = parse(readFileSync(join(folder, file)), { columns: true, bom: true }) as Row[];
  return [...new Map(all.map((row) => [row[key] ?? '', row])).values()];
}
export const label = (cell: string | undefined) =>
  cell === undefined || cell.trim() === '' ? '(blank)' : cell;
export const day = (text = '') => Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / 86_400_000;
export const round = (value: number, digits = 4) => Number(value.toFixed(digits));
export const rate = (part: number, whole: number) => (whole === 0 ? null : round((100 * part) / whole));
export const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
export const extent = (values: string[]) =>
  [...values].sort().filter((_, index, all) => index === 0 || index === all.length - 1);
export const blanks = (all: Row[], columns: string[]) =>
  Object.fromEntries(
    columns.map((column) => [column, all.filter((row) => label(row[column]) === '(blank)').length]),
  );
export const distinct = (all: Row[], ...columns: string[]) =>
  new Set(all.map((row) => columns.map((c) => row[c]).join('|'))).size;

export function group<T>(
  all: Row[],
  by: (row: Row) => string,
  figure: (group: Row[]) => T,
): Record<string, T> {
  const groups = new Map<string, Row[]>();
  for (const row of all) groups.set(by(row), [...(groups.get(by(row)) ?? []), row]);
  return Object.fromEntries([...groups].sort().map(([name, members]) => [name, figure(members)]));
}
export const count = (all: Row[], by: (row: Row) => string) => group(all, by, (members) => members.length);

export function median(values: number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return null;
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}
export function spread(values: number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil((share * sorted.length) / 100) - 1)] ?? null;
  const mean = sorted.length === 0 ? null : round(sum(sorted) / sorted.length);
  return {
    n: sorted.length,
    min: at(0),
    p25: at(25),
    median: median(sorted),
    mean,
    p75: at(75),
    p90: at(90),
    max: at(100),
  };
}
