import { AttributionError } from '../attribution.error.ts';
import { parseDecimal } from '../exact/decimal.ts';
import { LONGEST_PATH, MOST_VALUE, type PathRow } from './path-row.ts';

/** The columns of a path file, in any order. */
export const PATH_COLUMNS = ['path', 'total_conversions', 'total_conversion_value', 'total_null'] as const;

type Column = (typeof PATH_COLUMNS)[number];

export interface PathFileOptions {
  /**
   * What stands between the channels of a path, exactly; spaces around a name are not part of it. Unless told it is `>`
   * with spaces on both sides, and a `>` inside of a name is part of the name.
   */
  readonly separator?: string;
}

/**
 * Reads rows of a path file, cells as text.
 * @param header its first line
 * @returns a function that makes a path row of the cells of one line, the value in units of 1e-12. A path without a channel
 * is unattributed. A blank value is unknown: the conversions count, the value counts as 0. It throws AttributionError
 * `bad-row` with the column as field, also for a path whose `>` may separate channels or be part of a name, unless the
 * separator is given
 * @throws AttributionError `bad-column` where a column is missing, unknown or named twice, `bad-parameter`
 */
export function pathFileReader(
  header: readonly string[],
  { separator }: PathFileOptions = {},
): (cells: readonly string[]) => PathRow {
  const channelsOf = separator === undefined ? spaced : exactly(separator);
  const named = header.map((cell) => cell.trim());
  for (const [at, name] of named.entries()) {
    if (!PATH_COLUMNS.some((column) => column === name))
      throw badColumn(
        name,
        `There is a column "${name}".`,
        `A path file has ${PATH_COLUMNS.join(', ')}: rename it or leave it out.`,
      );
    if (named.indexOf(name) < at)
      throw badColumn(name, `The column ${name} is there twice.`, 'Keep the one that is meant.');
  }
  const missing = PATH_COLUMNS.find((column) => !named.includes(column));
  if (missing !== undefined)
    throw badColumn(
      missing,
      `The column ${missing} is missing.`,
      missing === 'path'
        ? 'Add it, channels oldest first, " > " between them.'
        : 'Add it, with 0 where there is nothing, blank where a value is not known.',
    );
  const places = new Map(PATH_COLUMNS.map((column) => [column, named.indexOf(column)]));
  return (cells) => {
    if (cells.length !== named.length)
      throw bad(
        'path',
        `There are ${cells.length} cells for ${named.length} columns.`,
        'Quote a cell that holds a comma.',
      );
    const cell = (column: Column) => cells[places.get(column) as number] as string;
    return read(cell, channelsOf);
  };
}

function read(cell: (column: Column) => string, channelsOf: (path: string) => string[]): PathRow {
  const path = cell('path').trim();
  const channels = path === '' ? [] : channelsOf(path).map((channel) => channel.trim());
  if (channels.includes(''))
    throw bad(
      'path',
      `The path "${shown(path)}" has a touch without a channel.`,
      'Name it, or take the ">" out.',
    );
  const conversions = count('total_conversions', cell('total_conversions'));
  const losses = count('total_null', cell('total_null'));
  const text = cell('total_conversion_value');
  // nobody knows the value: the conversions count, and none is made up
  const value = text.trim() === '' ? 0n : parseDecimal(text);
  if (value === null)
    throw bad('total_conversion_value', `"${text}" is no number from 0 on.`, 'Give one such as 12.5, or 0.');
  if (value > 0n && conversions === 0)
    throw bad(
      'total_conversion_value',
      `The value is ${text} with 0 conversions.`,
      'Give the conversions, or 0 here.',
    );
  if (value >= MOST_VALUE)
    throw bad('total_conversion_value', `"${text}" is 2^92 units of 1e-12 or more.`, 'Give it in thousands.');
  if (channels.length > LONGEST_PATH)
    throw bad('path', `The path has ${channels.length} touches.`, `Keep its last ${LONGEST_PATH}.`);
  return { channels, conversions, value, losses };
}

function exactly(separator: string): (path: string) => string[] {
  if (separator.trim() !== '') return (path) => path.split(separator);
  throw new AttributionError(
    'bad-parameter',
    'separator',
    'Nothing stands between the channels.',
    'Give what does, such as " > ".',
  );
}

/** A `>` with a space, or an end of the path, on both sides. */
const SPACED = /(?<=^|\s)>(?=\s|$)/;
/** With a space on one side. */
const LEANING = /\s>|>\s/;

/** At `>` with spaces around it. */
function spaced(path: string): string[] {
  if (!path.includes('>')) return [path];
  const channels = path.split(SPACED);
  if (channels.length > 1 && !channels.some((channel) => LEANING.test(channel.trim()))) return channels;
  throw bad(
    'path',
    `In the path "${shown(path)}" nobody can tell whether ">" stands between channels or is part of a name.`,
    'Write " > " between channels, or tell the separator.',
  );
}

const MOST_SHOWN = 200;
/** Refusals are kept: a long path is cut. */
const shown = (path: string) => (path.length <= MOST_SHOWN ? path : `${path.slice(0, MOST_SHOWN)} …`);

/** Whole journeys; other programs write them as 3.0 at times. */
function count(column: Column, text: string): number {
  const match = /^(\d{1,15})(?:\.0*)?$/.exec(text.trim());
  if (match) return Number(match[1]);
  throw bad(
    column,
    `"${shown(text)}" is no whole number from 0 to 999,999,999,999,999.`,
    'Give the number of journeys, such as 3, or 0.',
  );
}

const badColumn = (column: string, wrong: string, remedy: string) =>
  new AttributionError('bad-column', column, wrong, remedy);
const bad = (column: Column, wrong: string, remedy: string) =>
  new AttributionError('bad-row', column, wrong, remedy);
