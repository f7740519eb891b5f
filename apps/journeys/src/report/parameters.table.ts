import { dayOrInstant } from '@throughline/contracts';
import { limit, names, several } from '@throughline/service';
import { z } from 'zod';
import { zoneName } from './clock.query.ts';
import { type DataSetName, dataSets } from './dimensions.table.ts';

export const MOST_GROUPS = 3;
const MOST_HOLIDAYS = 1_000;
const weekday = z.string().regex(/^[1-7]$/, 'must be a number from 1 (Monday) to 7 (Sunday)');

/** Every parameter that any report takes. A report declares which of them it takes; it refuses the others. */
export const parameters = {
  group: names.describe(`up to ${MOST_GROUPS} dimensions, separated by commas`),
  source: z.string().optional().describe('only what this system sent (CloudEvents source)'),
  from: dayOrInstant
    .optional()
    .describe(
      'not before this instant, or the start of this day in the zone; rows without a date are left out',
    ),
  to: dayOrInstant
    .optional()
    .describe('before this instant, or the start of this day in the zone; rows without a date are left out'),
  only: several.describe(
    '<dimension>:<value>, may be repeated: only rows with this value; several values of one dimension are alternatives',
  ),
  blank: names.describe('dimensions, separated by commas: only rows where they are not known'),
  dataSet: z
    .enum(Object.keys(dataSets) as [DataSetName])
    .optional()
    .describe('what to count'),
  attribute: z.string().min(1).max(100).optional().describe('name of an attribute'),
  check: z.string().optional().describe('name of a check, to list its rows'),
  at: dayOrInstant
    .optional()
    .describe(
      'as of this instant, or the end of this day in the zone; now by default. By the time at which things happened',
    ),
  days: z.coerce
    .number<string>()
    .int()
    .min(0)
    .max(36_500)
    .default(30)
    .describe('number of days, 30 by default'),
  zone: zoneName
    .default('UTC')
    .describe('time zone for days, months, weekdays and hours, like Europe/Berlin; UTC by default'),
  workdays: names
    .pipe(z.array(weekday).max(7))
    .describe('count only these days of the week as days: 1 (Monday) to 7 (Sunday), like 1,2,3,4,5'),
  holidays: names
    .pipe(z.array(z.iso.date()).max(MOST_HOLIDAYS))
    .describe('days that do not count as days, like 2026-12-25, separated by commas'),
  limit,
  cursor: z.string().max(200).optional().describe('the `next` of the page before'),
} as const;

export type ParameterName = keyof typeof parameters;
export type Given = { readonly [N in ParameterName]?: z.output<(typeof parameters)[N]> };

/** The query of a report that takes these parameters; a period that ends before it starts is refused. */
export function queryOf(takes: readonly ParameterName[], more: z.ZodRawShape = {}) {
  const shape = Object.fromEntries(takes.map((name) => [name, parameters[name]]));
  return z.strictObject({ ...shape, ...more }).superRefine((given, context) => {
    const { from, to } = given as Given;
    if (from === undefined || to === undefined || startOf(from) < startOf(to)) return;
    context.addIssue({
      code: 'custom',
      path: ['from'],
      message: 'must be before `to`; `to` itself is not part of the period',
    });
  });
}

/** Of a day its start in UTC: near enough, since a day and an instant less than a day apart may both be meant. */
function startOf(text: string): number {
  return Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text);
}
