import { z } from 'zod';
import type { Statement } from './statement.query.ts';

/** By which clock and calendar a report counts. */
export interface Clock {
  /** a name of the IANA time zone database */
  readonly zone: string;
  /** days of the week that count, 1 (Monday) to 7; null: all */
  readonly workdays: readonly number[] | null;
  /** days that do not count */
  readonly holidays: readonly string[];
}

export const utc: Clock = { zone: 'UTC', workdays: null, holidays: [] };

/** Names with a place only: PostgreSQL and JavaScript read offsets and abbreviations differently. */
export const zoneName = z
  .string()
  .max(64)
  .refine(isZone, 'must be UTC or the name of a time zone, like Europe/Berlin or Asia/Kathmandu')
  .meta({ examples: ['Europe/Berlin'] });

function isZone(name: string): boolean {
  if (name === 'UTC') return true;
  if (!/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+){1,2}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** A column of instants of the row `d`, with how exactly each is known beside it. */
export interface Moment {
  readonly at: string;
  readonly precision: string;
}

export function moment(instant: string): Moment {
  return { at: `d.${instant}`, precision: `d.${instant.replace(/_at$/, '_precision')}` };
}

/** SQL: the local time. A day or month without an hour is the same day or month in every zone. */
export function localTime({ at, precision }: Moment, { zone }: Clock, statement: Statement): string {
  if (zone === 'UTC') return `(${at} at time zone 'UTC')`;
  return `(${at} at time zone case when ${precision} = 'instant' then ${statement.bind(zone)}::text else 'UTC' end)`;
}

/** SQL: the instant; of a day or month without an hour its start in the zone. */
export function startInstant(when: Moment, clock: Clock, statement: Statement): string {
  if (clock.zone === 'UTC') return when.at;
  return `(${localTime(when, clock, statement)} at time zone ${statement.bind(clock.zone)}::text)`;
}

/** SQL: the instant that a bound of a period names; a day is its start in the zone. */
export function boundInstant(given: string, clock: Clock, statement: Statement): string {
  if (given.length > 10) return `${statement.bind(given)}::timestamptz`;
  return `(${statement.bind(given)}::date::timestamp at time zone ${statement.bind(clock.zone)}::text)`;
}

/** SQL: the last instant that `at` includes; of a day its last millisecond in the zone. */
export function lastInstant(given: string, clock: Clock, statement: Statement): string {
  if (given.length > 10) return `${statement.bind(given)}::timestamptz`;
  const next = `(${statement.bind(given)}::date + 1)::timestamp`;
  return `((${next} at time zone ${statement.bind(clock.zone)}::text) - interval '1 millisecond')`;
}

/** SQL: days from one local day to another, of those that the calendar counts; null where a day is not known. */
export function daysBetween(from: Moment, to: Moment, clock: Clock, statement: Statement): string {
  const known = [from, to].map(({ precision }) => `${precision} in ('instant', 'day')`).join(' and ');
  const [first, last] = [from, to].map((when) =>
    counted(`${localTime(when, clock, statement)}::date`, clock, statement),
  );
  return `case when ${known} then ${last} - ${first} end`;
}

const FIRST_MONDAY = "date '0001-01-01'";

/** SQL: a number of the day: by how much two of them differ is the number of days after the first, up to the last. */
function counted(date: string, { workdays, holidays }: Clock, statement: Statement): string {
  const week = workdays ?? [1, 2, 3, 4, 5, 6, 7];
  const day = `(${date} - ${FIRST_MONDAY})`;
  if (week.length === 7 && holidays.length === 0) return day;
  const upTo = [1, 2, 3, 4, 5, 6, 7].map((last) => week.filter((each) => each <= last).length);
  const off = [...new Set(holidays.map(dayNumber))].filter((each) => week.includes((each % 7) + 1));
  off.sort((a, b) => a - b);
  return `(${day} / 7 * ${week.length} + (array[${upTo.join(', ')}])[${day} % 7 + 1]
    - width_bucket(${day}, ${statement.bind(off)}::int[]))`;
}

const DAY_MS = 86_400_000;
const dayNumber = (day: string) => Math.round((Date.parse(day) - Date.parse('0001-01-01')) / DAY_MS);
