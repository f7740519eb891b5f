import type { CsvRow } from './csv.ts';
import type { Mapping } from './mapping.ts';

/** A value that decides what a row becomes, and that no rule of the mapping names: such rows may come to nothing. */
export interface UnnamedValue {
  readonly file: string;
  readonly column: string;
  readonly value: string;
  readonly rows: number;
}

/** Values of columns that `when` lists values of, which no `when` of the file and no `ignore` names. Blank is none. */
export function unnamedValues(mapping: Mapping, label: string, rows: readonly CsvRow[]): UnnamedValue[] {
  const named = new Map<string, Set<string>>();
  for (const { file, when = {} } of mapping.events) {
    if (file !== label) continue;
    for (const [column, wanted] of Object.entries(when)) {
      if (!Array.isArray(wanted)) continue;
      const values = named.get(column) ?? new Set(mapping.files[label]?.ignore[column]);
      for (const value of wanted) values.add(value);
      named.set(column, values);
    }
  }
  return [...named].flatMap(([column, values]) => {
    const counts = new Map<string, number>();
    for (const { cells } of rows) {
      const value = cells[column] ?? '';
      if (value !== '' && !values.has(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return [...counts].map(([value, count]) => ({ file: label, column, value, rows: count }));
  });
}
