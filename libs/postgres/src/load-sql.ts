import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A statement that each connection parses and plans once, when it first comes to it. */
export interface Prepared {
  readonly name: string;
  readonly text: string;
}

/** Reads the statement kept in a file beside the code: `loadSql(import.meta.url, './append.sql')`. */
export function loadSql(base: string, file: string): string {
  return readFileSync(new URL(file, base), 'utf8').trim();
}

/**
 * The same for a small statement that runs often, whose text and plan are then half of its cost. Its columns must keep
 * their types while connections live (0A000 otherwise, on each of them until it ends): a function whose result is fixed,
 * or tables that only a migration changes; never views that a rebuild switches.
 */
export function loadPrepared(base: string, file: string): Prepared {
  const text = loadSql(base, file);
  return { name: createHash('sha256').update(text).digest('hex').slice(0, 16), text };
}
