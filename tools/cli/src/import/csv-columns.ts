import type { CsvRecord } from './csv-records.ts';
import { UsageError } from '../usage.error.ts';

/** The file cannot be read as this mapping's at all: nothing of it is taken. */
export class CsvFileError extends UsageError {
  override readonly name = 'CsvFileError';
}

const DELIMITERS = [',', ';', '\t', '|'];
const shown = (delimiter: string) => (delimiter === '\t' ? 'a tab' : `"${delimiter}"`);

export interface Header {
  readonly name: string;
  readonly delimiter: string;
  /** columns that the mapping reads */
  readonly needed: readonly string[];
}

/**
 * The columns of a header, trimmed.
 * @throws CsvFileError naming the likely cause: rows of a file whose columns are in doubt would be read wrongly
 */
export function columnsOf(
  { cells, reason }: CsvRecord,
  decode: (cell: string) => string,
  header: Header,
): string[] {
  const { name, delimiter, needed } = header;
  if (cells === null) throw new CsvFileError(`${name}: the header cannot be read: ${reason}.`);
  let columns: string[];
  try {
    columns = cells.map((cell) => decode(cell).trim());
  } catch {
    throw new CsvFileError(`${name} is not UTF-8: save it as UTF-8, or say its "encoding" in the mapping.`);
  }
  const missing = needed.filter((column) => !columns.includes(column));
  if (missing.length > 0) throw new CsvFileError(lacking(missing, columns, { name, delimiter, needed }));
  const twice = needed.find((column) => columns.indexOf(column) !== columns.lastIndexOf(column));
  if (twice !== undefined)
    throw new CsvFileError(`${name} names the column ${twice} twice: which one is meant cannot be known.`);
  return columns;
}

function lacking(
  missing: readonly string[],
  columns: readonly string[],
  { name, delimiter }: Header,
): string {
  const plural = missing.length > 1 ? 's' : '';
  const lacks = `${name} lacks the column${plural} ${missing.join(', ')}; it has ${columns.join(', ')}.`;
  const other = DELIMITERS.find((each) => each !== delimiter && (columns[0] ?? '').split(each).length > 2);
  if (columns.length <= 2 && other !== undefined)
    return `${lacks} Its cells seem to be separated by ${shown(other)}: say so as "delimiter" in the mapping.`;
  const inOtherCase = missing.flatMap((column) =>
    columns.filter((each) => each.toLowerCase() === column.toLowerCase()),
  );
  if (inOtherCase.length > 0)
    return `${lacks} ${inOtherCase.join(', ')} differ${inOtherCase.length > 1 ? '' : 's'} in upper and lower case only: write the name in the mapping as the file has it.`;
  return lacks;
}

/** A first line `sep=;`, as spreadsheets write it, is no header. @throws CsvFileError where the mapping reads another */
export function isSeparatorLine({ text }: CsvRecord, { name, delimiter }: Omit<Header, 'needed'>): boolean {
  const said = /^sep=(.)$/i.exec(text)?.[1];
  if (said === undefined) return false;
  if (said === delimiter) return true;
  throw new CsvFileError(
    `${name} says that its cells are separated by ${shown(said)}: say so as "delimiter" in the mapping.`,
  );
}
