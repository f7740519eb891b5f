import { createReadStream, statSync, type Stats } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { parse, type CsvError, type Info } from 'csv-parse';
import {
  AttributionError,
  PATH_COLUMNS,
  pathFileReader,
  RefusedRows,
  type PathFileOptions,
  type PathRow,
} from '@throughline/attribution';
import { UsageError } from '../usage.error.ts';

/** Characters of a row: the longest path, of channels of 60 each. A quote that is never closed would take the whole file. */
const LONGEST_ROW = 2 ** 22;

export interface Reading extends PathFileOptions {
  /** bytes read, and bytes there are; never called for standard input, whose end nobody knows */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What came of a path file. */
export interface PathsRead {
  /** that were taken */
  readonly rows: number;
  /** of those, how many say no value: their conversions count, their value as 0 */
  readonly withoutValue: number;
  readonly refused: RefusedRows;
  /** naming file, line, column and remedy of the first 20 refused rows; null: none was */
  readonly complaint: string | null;
}

/**
 * Reads a path file and hands over its good rows one by one; bad ones are refused by themselves. It keeps no row, good or
 * bad.
 * @param path of a file, or `-` for standard input
 * @throws UsageError where it cannot be read to its end, or no row of it is good
 */
export async function readPathCsv(
  path: string,
  take: (row: PathRow) => void,
  { onProgress, ...options }: Reading = {},
): Promise<PathsRead> {
  const isInput = path === '-';
  const name = isInput ? 'standard input' : path;
  const total = isInput ? null : sizeOf(path);
  const refused = new RefusedRows();
  let [rows, withoutValue, seen] = [0, 0, 0];
  let value = -1;
  let read: ReturnType<typeof pathFileReader> | null = null;
  const records = pipeline(
    isInput ? process.stdin : createReadStream(path),
    (bytes: AsyncIterable<Buffer>) => asText(name, bytes),
    parse({
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: LONGEST_ROW,
      record_delimiter: ['\r\n', '\n', '\r'], // files that were put together have several
      on_skip: (error) => {
        refused.add({ line: Number(error?.['lines'] ?? 0), why: quoting(error) });
        if (error?.code === 'CSV_MAX_RECORD_SIZE') throw new UsageError(told(name, refused, NOTHING));
        return undefined;
      },
    }),
    () => undefined, // what fails is thrown below
  );
  for await (const { record, info } of records as AsyncIterable<{ record: string[]; info: Info }>) {
    if (read === null) {
      read = readerOf(name, record, options);
      value = record.findIndex((cell) => cell.trim() === 'total_conversion_value');
    } else {
      seen += 1;
      try {
        take(read(inUtf8(record)));
        rows += 1;
        if (record[value]?.trim() === '') withoutValue += 1;
      } catch (error) {
        if (!(error instanceof AttributionError)) throw error;
        refused.add({ line: info.lines, why: `${error.field}: ${error.message}` });
      }
    }
    if (total !== null && seen > 0 && seen % 4_096 === 0) onProgress?.(info.bytes, total);
  }
  if (total !== null) onProgress?.(total, total);
  if (refused.count > 0 && rows === 0) throw new UsageError(told(name, refused, NOTHING));
  if (read === null)
    throw new UsageError(
      `${name} is empty: its first line must name the columns ${PATH_COLUMNS.join(', ')}.`,
    );
  const complaint = refused.count === 0 ? null : told(name, refused, 'the others were computed');
  return { rows, withoutValue, refused, complaint };
}

function sizeOf(path: string): number {
  let found: Stats;
  try {
    found = statSync(path);
  } catch (error) {
    throw new UsageError(
      `${path} cannot be read: ${(error as Error).message}. Give a CSV file that is there.`,
    );
  }
  if (found.isDirectory()) throw new UsageError(`${path} is no file. Give a CSV file.`);
  return found.size;
}

/** The bytes as they come. @throws UsageError where they begin as no text in UTF-8 does */
async function* asText(name: string, bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let isFirst = true;
  for await (const some of bytes) {
    if (isFirst && begins(some, 0x1f, 0x8b))
      throw new UsageError(`${name} is compressed. Unpack it, such as with gunzip.`);
    if (isFirst && (begins(some, 0xff, 0xfe) || begins(some, 0xfe, 0xff)))
      throw new UsageError(`${name} is in UTF-16. Save it as CSV in UTF-8.`);
    isFirst = false;
    yield some;
  }
}

const begins = (bytes: Buffer, first: number, second: number) => bytes[0] === first && bytes[1] === second;

function readerOf(
  name: string,
  header: readonly string[],
  options: PathFileOptions,
): ReturnType<typeof pathFileReader> {
  const [only = ''] = header;
  if (header.length === 1 && /[;\t|]/.test(only))
    throw new UsageError(
      `${basename(name)}, line 1: There is one column, "${only}". Put commas between the columns.`,
    );
  try {
    return pathFileReader(header, options);
  } catch (error) {
    if (!(error instanceof AttributionError)) throw error;
    if (error.field === 'separator') throw new UsageError(`--separator: ${error.message}`);
    throw new UsageError(`${basename(name)}, line 1: ${error.message}`);
  }
}

/** Bytes that are no UTF-8 were read as this character. */
const BROKEN = '\ufffd';

function inUtf8(cells: readonly string[]): readonly string[] {
  if (!cells.some((cell) => cell.includes(BROKEN))) return cells;
  throw new AttributionError('bad-row', 'path', 'This is not UTF-8.', 'Save the file as UTF-8.');
}

function quoting(error: CsvError | undefined): string {
  if (error?.code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote before the end is never closed: close it.';
  if (error?.code === 'CSV_MAX_RECORD_SIZE')
    return `the row that this line is part of has more than ${LONGEST_ROW} characters: look before it for a quote that is never closed. No more was read.`;
  return `${error?.message ?? 'this cannot be read'}; check its quotes.`;
}

const NOTHING = 'so nothing was computed';

function told(name: string, { count, first }: RefusedRows, then: string): string {
  const rest = count - first.length;
  return [
    `${basename(name)}: ${count} ${count === 1 ? 'row was' : 'rows were'} refused, ${then}.`,
    ...first.map(({ line, why }) => `  line ${line}, ${why}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ].join('\n');
}
