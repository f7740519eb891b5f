import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { columnsOf, CsvFileError, isSeparatorLine } from './csv-columns.ts';
import { csvRecords, type CsvRecord } from './csv-records.ts';
import { readCsvText, type Encoding } from './csv-text.ts';

export { CsvFileError } from './csv-columns.ts';

/** Added to rows that are to be corrected: no part of a row. */
export const REASON_COLUMN = 'refused because';

/** How a file is read. */
export interface CsvShape {
  /** columns that it must have */
  readonly columns: readonly string[];
  /** columns that together name a row; without them its content and its occurrence number do */
  readonly key?: readonly string[] | undefined;
  readonly delimiter: string;
  readonly encoding?: Encoding | undefined;
  /** texts that mean a blank cell */
  readonly blank?: readonly string[] | undefined;
}

/** A row as the file has it: cells are text, trimmed at both ends; blank is ''. */
export interface CsvRow {
  /** the mapping's label of the file */
  readonly file: string;
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
  /** the same for the same row in any row order */
  readonly key: string;
  /** the row as it stands in the file */
  readonly text: string;
}

export interface RefusedRow {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
  /** the row as it stands in the file */
  readonly text?: string;
}

export interface CsvContent {
  /** the file's name, as refused rows name it */
  readonly name: string;
  readonly columns: readonly string[];
  /** the header as it stands in the file */
  readonly header: string;
  readonly rows: readonly CsvRow[];
  readonly refused: readonly RefusedRow[];
  /** rows that say the same as an earlier row of the same key */
  readonly repeats: number;
  /** rows + refused + repeats */
  readonly read: number;
}

type Refuse = (row: Pick<Read, 'line' | 'text'>, reason: string) => void;

/**
 * Reads a CSV file. A row that is ragged, badly quoted or not UTF-8 is refused with its line, alone; two rows of one
 * key that differ are both refused, since to choose one by its place would make the result depend on row order.
 * @throws CsvFileError when the file cannot be read or is empty, or a column is missing or named twice
 */
export function readCsv(path: string, label: string, shape: CsvShape): CsvContent {
  const name = basename(path);
  const { text, decode } = readCsvText(path, shape.encoding ?? 'utf-8');
  const refused: RefusedRow[] = [];
  const refuse: Refuse = ({ line, text: own }, reason) =>
    refused.push({ file: name, line, reason, text: decodedOr(own, decode) });
  const records = csvRecords(text, shape.delimiter);
  const needed = shape.columns;
  let header = records.next();
  if (!header.done && isSeparatorLine(header.value, { ...shape, name })) header = records.next();
  if (header.done)
    throw new CsvFileError(`${name} is empty: its first line must name the columns ${needed.join(', ')}.`);
  const columns = columnsOf(header.value, decode, { ...shape, name, needed });
  const read: Read[] = [];
  let count = 0;
  for (const record of records) {
    count += 1;
    const cells = cellsOf(record, columns, decode, new Set(shape.blank));
    if (typeof cells === 'string') refuse(record, cells);
    else read.push({ line: record.line, text: decode(record.text), cells });
  }
  const keyed = shape.key ? byKey(read, shape.key, refuse) : byContent(read);
  return {
    ...{ name, columns, refused, read: count, header: decode(header.value.text) },
    repeats: count - keyed.length - refused.length,
    rows: keyed.map((row) => ({ file: label, ...row })),
  };
}

function decodedOr(text: string, decode: (cell: string) => string): string {
  try {
    return decode(text);
  } catch {
    return text;
  }
}

/** The cells by column, or what is wrong with the first that cannot be stored. */
function cellsOf(
  { cells, reason }: CsvRecord,
  columns: readonly string[],
  decode: (cell: string) => string,
  blank: ReadonlySet<string>,
): Record<string, string> | string {
  if (cells === null) return reason ?? 'cannot be read';
  if (cells.length !== columns.length)
    return `has ${cells.length} cells where the header has ${columns.length}`;
  const read: Record<string, string> = {};
  for (const [index, column] of columns.entries()) {
    try {
      const text = decode(cells[index] ?? '').trim();
      if (text.includes('\0')) return `column ${column} holds a NUL character: remove it`;
      read[column] = blank.has(text) ? '' : text;
    } catch {
      return `column ${column} is not UTF-8: save the file as UTF-8, or say its "encoding" in the mapping`;
    }
  }
  return read;
}

interface Read {
  readonly line: number;
  readonly text: string;
  readonly cells: Readonly<Record<string, string>>;
}
type Keyed = Read & { readonly key: string };

const contentOf = ({ cells }: Read) =>
  JSON.stringify(
    Object.entries(cells)
      .filter(([column]) => column !== REASON_COLUMN)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

function byKey(rows: readonly Read[], columns: readonly string[], refuse: Refuse): Keyed[] {
  const groups = new Map<string, Read[]>();
  for (const row of rows) {
    const values = columns.map((column) => row.cells[column] ?? '');
    const blank = columns.find((_, index) => values[index] === '');
    if (blank !== undefined) {
      refuse(row, `key column ${blank} is blank`);
      continue;
    }
    const key = JSON.stringify(values);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const kept: Keyed[] = [];
  for (const [key, group] of groups) {
    const first = group[0] as Read;
    if (group.length === 1 || group.every((row) => contentOf(row) === contentOf(first)))
      kept.push({ ...first, key });
    else
      for (const [index, row] of group.entries()) {
        const other = group[index === 0 ? 1 : 0] as Read;
        refuse(row, `has the key of line ${other.line} and other content: keep one of them`);
      }
  }
  return kept;
}

function byContent(rows: readonly Read[]): Keyed[] {
  const occurrences = new Map<string, number>();
  return rows.map((row) => {
    const content = contentOf(row);
    const occurrence = (occurrences.get(content) ?? 0) + 1;
    occurrences.set(content, occurrence);
    return { ...row, key: `${createHash('sha256').update(content).digest('hex')}#${occurrence}` };
  });
}
