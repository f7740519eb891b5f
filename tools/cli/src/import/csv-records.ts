import { parse } from 'csv-parse/sync';

/** One record of a file, or what is wrong with a line that is none. */
export interface CsvRecord {
  /** of its first character, counted as editors count: 1 is the first line */
  readonly line: number;
  /** as it stands in the file */
  readonly text: string;
  readonly cells: readonly string[] | null;
  /** why there are no cells */
  readonly reason: string | null;
}

/** Lines that one quoted cell may span; a quote that is not closed within them is taken as a stray one. */
const MOST_LINES = 1_000;

/**
 * Splits the text of a file into records (RFC 4180). A line whose quotes do not fit is one bad record, and reading goes on
 * with the next line: a stray quote never takes the rows behind it along. A quoted cell may span lines where that gives
 * as many cells as the header has, unless each of those lines is a whole row if quotes mean nothing: then they are rows,
 * of which two have a stray quote.
 * @param text with one character a byte, so that a wrong encoding spoils its own record only
 */
export function* csvRecords(text: string, delimiter: string): Generator<CsvRecord> {
  const lines = new Lines(text);
  let columns: number | null = null;
  for (let first = lines.next(); first !== null; first = lines.next()) {
    if (first.text === '') continue;
    const record: CsvRecord = first.text.includes('"')
      ? quoted(first, lines, delimiter, columns)
      : { ...first, cells: first.text.split(delimiter), reason: null };
    columns ??= record.cells?.length ?? null;
    yield record;
  }
}

interface Line {
  readonly line: number;
  readonly text: string;
}

/** The lines of a text; ends are LF, CR LF, or CR where there is no LF at all. */
class Lines {
  readonly #end: string;
  #at = 0;
  #line = 0;

  constructor(private readonly text: string) {
    this.#end = !text.includes('\n') && text.includes('\r') ? '\r' : '\n';
  }

  next(): Line | null {
    if (this.#at >= this.text.length) return null;
    const end = this.text.indexOf(this.#end, this.#at);
    const stop = end < 0 ? this.text.length : end;
    const from = this.#at;
    this.#at = stop + 1;
    this.#line += 1;
    const hasReturn = this.#end === '\n' && this.text[stop - 1] === '\r' && stop > from;
    return { line: this.#line, text: this.text.slice(from, hasReturn ? stop - 1 : stop) };
  }

  /** Where reading goes on from, to come back to. */
  mark(): () => void {
    const [at, line] = [this.#at, this.#line];
    return () => {
      this.#at = at;
      this.#line = line;
    };
  }
}

function quoted(first: Line, lines: Lines, delimiter: string, columns: number | null): CsvRecord {
  const alone = parsed(first.text, delimiter);
  if (alone !== 'open') return { ...first, ...alone };
  const back = lines.mark();
  let text = first.text;
  for (let count = 1; count < MOST_LINES; count += 1) {
    const more = lines.next();
    if (more === null) break;
    text += `\n${more.text}`;
    if (!more.text.includes('"')) continue;
    const joined = parsed(text, delimiter);
    if (joined === 'open') continue;
    if (joined.cells === null || (columns !== null && joined.cells.length !== columns)) break;
    if (columns !== null && areRows(text.split('\n'), delimiter, columns)) break;
    return { line: first.line, text, ...joined };
  }
  back();
  return {
    ...first,
    cells: null,
    reason: 'a quote is opened and not closed: close it, or double it inside a cell',
  };
}

/** In a file of two columns a sentence with one comma would be such a line; there a quoted cell is believed. */
const FEWEST_COLUMNS = 3;

/** Each line a row by itself, where the one quote that opens the cell and the one that closes it are letters. */
function areRows(lines: readonly string[], delimiter: string, columns: number): boolean {
  const quotes = lines.map((line) => line.split('"').length - 1);
  const areStray = quotes.every((count, at) => count === (at === 0 || at === lines.length - 1 ? 1 : 0));
  return (
    areStray && columns >= FEWEST_COLUMNS && lines.every((line) => line.split(delimiter).length === columns)
  );
}

type Parsed = Pick<CsvRecord, 'cells' | 'reason'>;

/** @returns `open` where a quote is not closed, so that the next line may belong to it */
function parsed(text: string, delimiter: string): Parsed | 'open' {
  try {
    const records = parse(text, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: false,
    }) as string[][];
    const [cells] = records;
    if (records.length === 1 && cells !== undefined) return { cells, reason: null };
    return { cells: null, reason: 'holds several rows: check its quotes' };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'CSV_QUOTE_NOT_CLOSED') return 'open';
    return {
      cells: null,
      reason: 'a quote stands inside a cell: quote the whole cell and double the quote in it',
    };
  }
}
