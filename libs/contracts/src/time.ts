import { ContractError } from './contract.error.ts';
import type { Precision } from './event.ts';

const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/i;
const WHOLE_SECONDS = '2026-03-01T09:30:00Z'.length;
const MILLISECONDS = '2026-03-01T09:30:00.000Z'.length;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(9999, 11, 31);
const MOST_AHEAD = 24 * HOUR;
const PRECISIONS: readonly string[] = ['instant', 'day', 'month', 'unknown'] satisfies Precision[];

export interface Occurrence {
  readonly occurredAt: string | null;
  readonly precision: Precision;
}

/**
 * An RFC 3339 timestamp with any offset as UTC with milliseconds (finer digits are cut off).
 * @returns null when it is none: a day that does not exist, a leap second, or a year before 1900
 */
export function toInstant(text: string): string | null {
  const written = text.length === WHOLE_SECONDS ? `${text.slice(0, -1)}.000Z` : text;
  if (text.endsWith('Z') && isWritten(written)) return written;
  const found = RFC_3339.exec(text);
  if (!found) return null;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour, offsetMinute] = found;
  if (toDay(`${year}-${month}-${day}`) === null) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  if (Number(offsetHour ?? 0) > 23 || Number(offsetMinute ?? 0) > 59) return null;
  const offset = Number(offsetHour ?? 0) * HOUR + Number(offsetMinute ?? 0) * MINUTE;
  const local = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`,
  );
  const instant = sign === '-' ? local + offset : local - offset;
  return instant < EARLIEST || instant > LATEST ? null : new Date(instant).toISOString();
}

/** Whether it is an instant as `toInstant` writes it; most are, and this is a fifth of the cost of taking it apart. */
function isWritten(text: string): boolean {
  const instant = text.length === MILLISECONDS ? Date.parse(text) : Number.NaN;
  return instant >= EARLIEST && instant <= LATEST && new Date(instant).toISOString() === text;
}

/** A calendar day `YYYY-MM-DD` as it stands; null when there is no such day from 1900 to 9999. */
export function toDay(text: string): string | null {
  const found = DAY.exec(text);
  if (!found) return null;
  const midnight = Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3]));
  if (midnight < EARLIEST || midnight > LATEST) return null;
  return new Date(midnight).toISOString().slice(0, 10) === text ? text : null;
}

/**
 * When something happened, from what its sender wrote. With precision day or month the day or month counts
 * as written, whatever the offset, and `occurredAt` is its first instant in UTC.
 * @param time RFC 3339; null or absent means undated
 * @param precision absent means instant, or unknown when undated
 * @throws ContractError bad-time, bad-precision
 */
export function readOccurrence(time?: string | null, precision?: string | null): Occurrence {
  const known = precision ?? (time == null ? 'unknown' : 'instant');
  if (!isPrecision(known)) {
    const remedy = `Send one of ${PRECISIONS.join(', ')}, or leave precision out.`;
    throw new ContractError('bad-precision', 'precision', 'precision is not one that is known', remedy);
  }
  if (time == null) {
    if (known === 'unknown') return { occurredAt: null, precision: 'unknown' };
    const remedy = 'Send time too, or leave precision out for an undated event.';
    throw new ContractError('bad-precision', 'precision', `precision ${known} without a time`, remedy);
  }
  const instant = toInstant(time);
  if (instant === null) {
    const remedy =
      'Send an existing RFC 3339 timestamp with offset, like 2026-03-01T09:30:00Z, or leave time out.';
    throw new ContractError('bad-time', 'time', 'time is not an RFC 3339 timestamp from 1900 on', remedy);
  }
  if (known === 'unknown') {
    const remedy =
      'Leave time out for an undated event, or name how well it is known: instant, day or month.';
    throw new ContractError('bad-precision', 'precision', 'precision unknown with a time', remedy);
  }
  return { occurredAt: atPrecision(instant, time, known), precision: known };
}

/** @throws ContractError time-ahead when it lies more than 24 hours after `recordedAt` */
export function refuseAhead(occurredAt: string | null, recordedAt: string): void {
  if (occurredAt === null || Date.parse(occurredAt) - Date.parse(recordedAt) <= MOST_AHEAD) return;
  const remedy = 'Send the time at which it happened; check the clock and the offset of the sender.';
  throw new ContractError('time-ahead', 'time', 'time is more than 24 hours in the future', remedy);
}

function atPrecision(instant: string, written: string, precision: Precision): string {
  if (precision === 'day') return `${written.slice(0, 10)}T00:00:00.000Z`;
  if (precision === 'month') return `${written.slice(0, 7)}-01T00:00:00.000Z`;
  return instant;
}

function isPrecision(text: string): text is Precision {
  return PRECISIONS.includes(text);
}
