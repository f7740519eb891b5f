import { toInstant } from '@throughline/contracts';
import { DateTime } from 'luxon';
import type { Template } from './mapping.ts';
import { fill, RowError, type Cells } from './value.ts';

export interface When {
  readonly occurredAt: string | null;
  readonly precision: 'instant' | 'day' | 'month' | 'unknown';
}

type Time = NonNullable<Template['time']>;

const undated: When = { occurredAt: null, precision: 'unknown' };

/** Named formats as Luxon patterns. */
const PATTERNS: Readonly<Record<string, readonly string[]>> = {
  date: ['yyyy-MM-dd'],
  month: ['yyyy-MM'],
  'date-time': [
    'yyyy-MM-dd HH:mm:ss',
    "yyyy-MM-dd'T'HH:mm:ss",
    'yyyy-MM-dd HH:mm:ss.SSS',
    "yyyy-MM-dd'T'HH:mm:ss.SSS",
  ],
};
const EXAMPLES: Readonly<Record<string, string>> = {
  date: '2018-02-26',
  month: '2018-02',
  'date-time': '2018-02-26 19:58:54',
  iso: '2018-02-26T19:58:54Z',
  'epoch-seconds': '1519675134',
  'epoch-milliseconds': '1519675134000',
};
const EARLIEST = Date.parse('1900-01-01T00:00:00Z');

/**
 * When a row's event happened, as written; a time without an offset is in the mapping's zone, UTC unless it names one.
 * Nothing is guessed: a day that does not exist, a time that a change of the clocks leaves out, and one that it gives
 * twice (unless the mapping says which is meant) are refused.
 * @throws RowError naming the form expected
 */
export function whenOf(time: Template['time'], cells: Cells): When {
  const text = time ? fill(time.from, cells)?.trim() : null;
  if (!time || text == null) return undated;
  const { format } = time;
  if (format === 'iso') return instantOf(time, text, toInstant(text));
  if (format === 'epoch-seconds' || format === 'epoch-milliseconds') {
    const whole = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    return instantOf(time, text, inRange(format === 'epoch-seconds' ? whole * 1000 : whole));
  }
  const read = (Object.hasOwn(PATTERNS, format) ? (PATTERNS[format] ?? []) : [patternOf(format)])
    .map((pattern) => ({
      pattern,
      at: DateTime.fromFormat(text, pattern, { zone: time.zone ?? 'utc', setZone: true, locale: 'en-US' }),
    }))
    .find(({ at }) => at.isValid);
  if (read === undefined) throw expected(time, text);
  return { occurredAt: exact(time, text, read), precision: precisionOf(read.pattern) };
}

interface ReadTime {
  readonly pattern: string;
  readonly at: DateTime;
}

function exact(time: Time, text: string, { pattern, at }: ReadTime): string {
  const iso = inRange(at.toMillis());
  if (iso === null) throw expected(time, text);
  if (/Z/.test(pattern.replaceAll(/'[^']*'/g, '')) || precisionOf(pattern) !== 'instant') {
    // A day or a month counts as written, whatever its zone.
    return precisionOf(pattern) === 'instant' ? iso : `${at.toFormat('yyyy-MM-dd')}T00:00:00.000Z`;
  }
  const zone = time.zone ?? 'utc';
  if (
    at.toFormat("yyyy-MM-dd'T'HH:mm") !==
    DateTime.fromFormat(text, pattern, { zone: 'utc', locale: 'en-US' }).toFormat("yyyy-MM-dd'T'HH:mm")
  )
    throw new RowError(`${time.from} is ${JSON.stringify(text)}: in ${zone} the clocks left that time out`);
  const possible = at.getPossibleOffsets().sort((a, b) => a.toMillis() - b.toMillis());
  if (possible.length < 2) return iso;
  if (time.twice === undefined)
    throw new RowError(
      `${time.from} is ${JSON.stringify(text)}: in ${zone} the clocks showed that time twice; say "twice": "first" or "second" in the mapping`,
    );
  return inRange((time.twice === 'first' ? possible[0] : possible[1])?.toMillis() ?? Number.NaN) ?? iso;
}

/** `DD/MM/YYYY` is written by many for what Luxon has as `dd/MM/yyyy`; its own meaning of them depends on a language. */
function patternOf(format: string): string {
  return format
    .split(/('[^']*')/)
    .map((part) =>
      part.startsWith("'") ? part : part.replaceAll('D', 'd').replaceAll('Y', 'y').replaceAll('T', "'T'"),
    )
    .join('');
}

function precisionOf(pattern: string): 'instant' | 'day' | 'month' {
  const tokens = pattern.replaceAll(/'[^']*'/g, '');
  if (/[HhtTfF]/.test(tokens)) return 'instant';
  return /[dDo]/.test(tokens) ? 'day' : 'month';
}

function inRange(milliseconds: number): string | null {
  if (!(milliseconds >= EARLIEST && milliseconds <= 253_402_300_799_999)) return null;
  return new Date(milliseconds).toISOString();
}

function instantOf(time: Time, text: string, occurredAt: string | null): When {
  if (occurredAt === null) throw expected(time, text);
  return { occurredAt, precision: 'instant' };
}

function expected({ from, format }: Time, text: string): RowError {
  const example =
    (Object.hasOwn(EXAMPLES, format) ? EXAMPLES[format] : undefined) ??
    DateTime.utc(2018, 2, 26, 19, 58, 54).toFormat(patternOf(format));
  return new RowError(`${from} is ${JSON.stringify(text)}: expected a ${format} such as ${example}`);
}

/** Whether a format is a named one or a pattern that can be read. */
export function isTimeFormat(format: string): boolean {
  if (Object.hasOwn(EXAMPLES, format)) return true;
  if (/[kWnqQ]/.test(format.replaceAll(/'[^']*'/g, ''))) return false; // weeks and quarters: no precision for them
  const sample = DateTime.utc(2018, 2, 26, 19, 58, 54);
  const pattern = patternOf(format);
  const read = DateTime.fromFormat(sample.toFormat(pattern), pattern, { zone: 'utc', locale: 'en-US' });
  return read.isValid && read.year === 2018 && read.month === 2;
}
