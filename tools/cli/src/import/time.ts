import type { Template } from './mapping.ts';
import { fill, RowError, type Cells } from './value.ts';

export interface When {
  readonly occurredAt: string | null;
  readonly precision: 'instant' | 'day' | 'month' | 'unknown';
}

const undated: When = { occurredAt: null, precision: 'unknown' };

const formats = {
  date: { pattern: /^(\d{4})-(\d{2})-(\d{2})$/, precision: 'day', example: '2018-02-26' },
  month: { pattern: /^(\d{4})-(\d{2})$/, precision: 'month', example: '2018-02' },
  'date-time': {
    pattern: /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,3})?$/,
    precision: 'instant',
    example: '2018-02-26 19:58:54',
  },
} as const;

/** When a row's event happened, as written: a time without a zone is UTC. @throws RowError naming the form expected */
export function whenOf(time: Template['time'], cells: Cells): When {
  const text = time ? fill(time.from, cells)?.trim() : null;
  if (!time || text == null) return undated;
  if (time.format === 'iso') {
    const instant = new Date(text);
    if (!/^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(text) || Number.isNaN(instant.getTime()))
      throw new RowError(
        `${time.from} is ${JSON.stringify(text)}: expected a time with zone such as 2018-02-26T19:58:54Z`,
      );
    return { occurredAt: instant.toISOString(), precision: 'instant' };
  }
  const { pattern, precision, example } = formats[time.format];
  const match = pattern.exec(text);
  const iso = match && toIso(match.slice(1).map(Number), text);
  if (!iso)
    throw new RowError(
      `${time.from} is ${JSON.stringify(text)}: expected a ${time.format} such as ${example}`,
    );
  return { occurredAt: iso, precision };
}

/** null where the calendar has no such day. */
function toIso(
  [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0]: number[],
  text: string,
): string | null {
  const millisecond = Number((/\.(\d{1,3})$/.exec(text)?.[1] ?? '0').padEnd(3, '0'));
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second, millisecond));
  const same =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour;
  return same && minute < 60 && second < 60 ? date.toISOString() : null;
}
