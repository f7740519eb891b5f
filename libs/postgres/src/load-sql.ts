import { readFileSync } from 'node:fs';

/** Reads the statement kept in a file beside the code: `loadSql(import.meta.url, './append.sql')`. */
export function loadSql(base: string, file: string): string {
  return readFileSync(new URL(file, base), 'utf8').trim();
}
