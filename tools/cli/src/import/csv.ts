import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parse, type Options } from 'csv-parse/sync';
import { UsageError } from '../usage.error.ts';
import type { MappedFile } from './mapping.ts';

/** A row as the file has it: cells are text as written, blank is ''. */
export interface CsvRow {
  /** the mapping's label of the file */
  readonly file: string;
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
  /** the same for the same row in any row order */
  readonly key: string;
}

export interface RefusedRow {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

export interface CsvContent {
  /** the file's name, as refused rows name it */
  readonly name: string;
  readonly rows: readonly CsvRow[];
  readonly refused: readonly RefusedRow[];
  /** rows that say the same as an earlier row of the same key */
  readonly repeats: number;
}

/** The file cannot be read as this mapping's at all: nothing of it is taken. */
export class CsvFileError extends UsageError {
  override readonly name = 'CsvFileError';
}

type Refuse = (line: number, reason: string) => void;

interface Parsed {
  record: string[];
  info: { lines: number };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a CSV file. A row that is ragged, badly quoted or not UTF-8 is refused with its line; two rows of one
 * key that differ are both refused, since to choose one by its place would make the result depend on row order.
 * @throws CsvFileError when the file cannot be read or is empty, or a column is missing or named twice
 */
export function readCsv(path: string, label: string, shape: MappedFile): CsvContent {
  const name = basename(path);
  const refused: RefusedRow[] = [];
  const refuse = (line: number, reason: string) => refused.push({ file: name, line, reason });
  const [header, ...records] = parseRows(path, shape, refuse);
  if (!header)
    throw new CsvFileError(
      `${name} is empty: its first line must name the columns ${shape.columns.join(', ')}.`,
    );
  const columns = columnsOf(header.record, name);
  const missing = shape.columns.filter((column) => !columns.includes(column));
  if (missing.length > 0)
    throw new CsvFileError(
      `${name} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; it has ${columns.join(', ')}.`,
    );

  const read: { line: number; cells: Record<string, string> }[] = [];
  for (const { record, info } of records) {
    if (record.length === 1 && record[0] === '') continue;
    if (record.length !== columns.length)
      refuse(info.lines, `has ${record.length} cells where the header has ${columns.length}`);
    else {
      const cells = decode(record, columns);
      if (typeof cells === 'string') refuse(info.lines, cells);
      else read.push({ line: info.lines, cells });
    }
  }
  const keyed = shape.key ? byKey(read, shape.key, refuse) : byContent(read);
  return {
    name,
    refused,
    repeats: shape.key ? read.length - keyed.length - keyedRefusals(refused) : 0,
    rows: keyed.map(({ line, cells, key }) => ({ file: label, line, cells, key })),
  };
}

const ambiguous = 'stands for the same entity as line';
const keyedRefusals = (refused: readonly RefusedRow[]) =>
  refused.filter(({ reason }) => reason.includes(ambiguous) || reason.startsWith('key column')).length;

/** Bytes are carried one to a character, so that a row with a wrong encoding spoils no other row. */
function parseRows(path: string, shape: MappedFile, refuse: Refuse): Parsed[] {
  const options: Options = {
    encoding: 'latin1',
    delimiter: shape.delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    info: true,
    on_skip: (error) => {
      const reason =
        error?.code === 'CSV_QUOTE_NOT_CLOSED'
          ? 'a quote before this line is never closed, so that all after it is one cell: close it'
          : `cannot be read: ${error?.message ?? 'unknown error'}; check its quotes`;
      refuse(Number(error?.['lines'] ?? 0), reason);
      return undefined;
    },
  };
  return parse(bytesOf(path), options) as unknown as Parsed[];
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CsvFileError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** @throws CsvFileError: rows of a file whose columns are in doubt would be read wrongly */
function columnsOf(header: readonly string[], name: string): string[] {
  let columns: string[];
  try {
    columns = header.map((cell) =>
      utf8
        .decode(Buffer.from(cell, 'latin1'))
        .replace(/^\ufeff/, '')
        .trim(),
    );
  } catch {
    throw new CsvFileError(`${name} is not UTF-8: save the file as UTF-8.`);
  }
  const twice = columns.find((column, index) => column !== '' && columns.indexOf(column) < index);
  if (twice === undefined) return columns;
  throw new CsvFileError(`${name} names the column ${twice} twice: which one is meant cannot be known.`);
}

/** The cells by column, or what is wrong with the first that cannot be stored. */
function decode(record: readonly string[], columns: readonly string[]): Record<string, string> | string {
  const cells: Record<string, string> = {};
  for (const [index, column] of columns.entries()) {
    try {
      cells[column] = utf8.decode(Buffer.from(record[index] ?? '', 'latin1'));
    } catch {
      return `column ${column} is not UTF-8: save the file as UTF-8`;
    }
    if (cells[column].includes('\0')) return `column ${column} holds a NUL character: remove it`;
  }
  return cells;
}

type Read = { line: number; cells: Record<string, string> };
type Keyed = Read & { key: string };

const contentOf = ({ cells }: Read) =>
  JSON.stringify(Object.entries(cells).sort(([a], [b]) => (a < b ? -1 : 1)));

function byKey(rows: readonly Read[], columns: readonly string[], refuse: Refuse): Keyed[] {
  const groups = new Map<string, Read[]>();
  for (const row of rows) {
    const values = columns.map((column) => row.cells[column] ?? '');
    const blank = columns.find((_, index) => values[index] === '');
    if (blank !== undefined) {
      refuse(row.line, `key column ${blank} is blank`);
      continue;
    }
    const key = JSON.stringify(values);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const kept: Keyed[] = [];
  for (const [key, group] of groups) {
    const first = group[0] as Read;
    if (group.every((row) => contentOf(row) === contentOf(first))) kept.push({ ...first, key });
    else
      for (const [index, row] of group.entries()) {
        const other = group[index === 0 ? 1 : 0] as Read;
        refuse(row.line, `${ambiguous} ${other.line} and says something else: keep one of them`);
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
