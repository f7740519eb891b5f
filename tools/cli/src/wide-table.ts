import { say, table, textOf, type Cell } from './output.ts';

const GAP = 2;
const USUAL = 120;

/** What a table looks like beside its rows. */
interface Look {
  /** how many of the first columns stand before every part; 1 unless told */
  readonly keys?: number;
  /** characters of a line: the terminal's, 120 elsewhere */
  readonly width?: number;
  /** what is said where there is no row */
  readonly empty?: string;
}

/** A table whose columns go on in a second part below where a line has no room for them all. */
export function wideTable(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  { keys = 1, width = process.stdout.columns ?? USUAL, empty }: Look = {},
): void {
  if (rows.length === 0) return table(head, rows, empty);
  const names = head.map((_, at) => at);
  const widths = names.map((at) => Math.max(...[head, ...rows].map((row) => lengthOf(row[at])), 0) + GAP);
  const first = names.slice(0, keys);
  const parts: number[][] = [];
  let room = 0;
  for (const at of names.slice(keys)) {
    const own = widths[at] ?? 0;
    if (parts.length === 0 || own > room) {
      parts.push([]);
      room = width + GAP - first.reduce((sum, key) => sum + (widths[key] ?? 0), 0);
    }
    parts.at(-1)?.push(at);
    room -= own;
  }
  for (const [at, part] of parts.entries()) {
    if (at > 0) say('');
    const columns = [...first, ...part];
    table(
      columns.map((column) => head[column] ?? ''),
      rows.map((row) => columns.map((column) => row[column])),
    );
  }
}

const lengthOf = (cell: Cell): number => [...textOf(cell)].length;
