import { closeSync, createReadStream, openSync, readSync, statSync, type Stats } from 'node:fs';
import { basename } from 'node:path';
import { parse, type CsvError, type Info } from 'csv-parse';
import { AttributionError, PATH_COLUMNS, pathFileReader, type PathRow } from '@throughline/attribution';
import { UsageError } from '../usage.error.ts';

/** Refused rows that are told one by one. */
const MOST_TOLD = 20;

interface Refused {
  readonly line: number;
  readonly why: string;
}

/**
 * Reads a path file and hands over its rows one by one; nothing of it should be used when this throws.
 * @param onProgress bytes read, and bytes there are
 * @returns how many rows there were
 * @throws UsageError naming file, line, column and remedy: of every refused row, up to 20
 */
export async function readPathCsv(
  path: string,
  take: (row: PathRow) => void,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<number> {
  const total = sizeOf(path);
  const refused: Refused[] = [];
  let rows = 0;
  let read: ReturnType<typeof pathFileReader> | null = null;
  const records = createReadStream(path).pipe(
    parse({
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: (error) => {
        refused.push({ line: Number(error?.['lines'] ?? 0), why: quoting(error) });
        return undefined;
      },
    }),
  );
  for await (const { record, info } of records as AsyncIterable<{ record: string[]; info: Info }>) {
    if (read === null) read = readerOf(path, record);
    else {
      rows += 1;
      try {
        take(read(inUtf8(record)));
      } catch (error) {
        if (!(error instanceof AttributionError)) throw error;
        refused.push({ line: info.lines, why: `${error.field}: ${error.message}` });
      }
    }
    if (rows > 0 && rows % 4_096 === 0) onProgress(info.bytes, total);
  }
  onProgress(total, total);
  if (refused.length > 0) throw new UsageError(told(path, refused));
  if (read === null)
    throw new UsageError(
      `${path} is empty: its first line must name the columns ${PATH_COLUMNS.join(', ')}.`,
    );
  return rows;
}

function sizeOf(path: string): number {
  let found: Stats;
  let compressed = false;
  try {
    found = statSync(path);
    if (found.isFile()) compressed = isCompressed(path);
  } catch (error) {
    throw new UsageError(
      `${path} cannot be read: ${(error as Error).message}. Give a CSV file that is there.`,
    );
  }
  if (!found.isFile()) throw new UsageError(`${path} is no file. Give a CSV file.`);
  if (compressed) throw new UsageError(`${path} is compressed. Unpack it, such as with gunzip.`);
  return found.size;
}

/** Whether it begins as gzip does. */
function isCompressed(path: string): boolean {
  const begin = Buffer.alloc(2);
  const file = openSync(path, 'r');
  try {
    readSync(file, begin);
  } finally {
    closeSync(file);
  }
  return begin.equals(Buffer.from([0x1f, 0x8b]));
}

function readerOf(path: string, header: readonly string[]): ReturnType<typeof pathFileReader> {
  try {
    return pathFileReader(header);
  } catch (error) {
    throw new UsageError(`${basename(path)}, line 1: ${(error as Error).message}`);
  }
}

/** Bytes that are no UTF-8 were read as this character. */
const BROKEN = '\ufffd';

function inUtf8(cells: readonly string[]): readonly string[] {
  if (!cells.some((cell) => cell.includes(BROKEN))) return cells;
  throw new AttributionError('bad-row', 'path', 'This is not UTF-8.', 'Save the file as UTF-8.');
}

const quoting = (error: CsvError | undefined) =>
  error?.code === 'CSV_QUOTE_NOT_CLOSED'
    ? 'a quote before the end is never closed: close it.'
    : `${error?.message ?? 'this cannot be read'}; check its quotes.`;

/** In the order of their lines; a line that is wrong twice is told once. */
function told(path: string, found: readonly Refused[]): string {
  const refused = [...new Map(found.map((each) => [each.line, each])).values()].sort(
    (a, b) => a.line - b.line,
  );
  const lines = refused.slice(0, MOST_TOLD).map(({ line, why }) => `  line ${line}, ${why}`);
  const rest = refused.length - lines.length;
  return [
    `${basename(path)}: ${refused.length} ${refused.length === 1 ? 'row was' : 'rows were'} refused, so nothing was computed.`,
    ...lines,
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ].join('\n');
}
