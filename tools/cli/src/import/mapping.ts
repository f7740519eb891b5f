import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { IANAZone } from 'luxon';
import { parse as parseJsonc, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { z } from 'zod';
import { ENCODINGS } from './csv-text.ts';
import { checkMapping } from './mapping-check.ts';
import { isTimeFormat } from './time.ts';
import { UsageError } from '../usage.error.ts';

/**
 * A mapping says in JSON how rows of CSV files become events. Everything that depends on the shape of a
 * source stands here, so that a new source needs a file and no code.
 *
 * A value is one of
 * - text with cells in braces, `"lead {mql_id}"`: null when a named cell is blank;
 * - `{ "$map": "products", "of": value }`: through a value map; what the map does not name stays as it is;
 * - `{ "$lookup": "teams", "of": value, "column": "manager" }`: that column of the row with this key; null when absent;
 * - `{ "$money": value, "currency": "USD" }`: whole and decimal units to minor units; the currency may be `"{cell}"`;
 *   `"format"` names one of `numbers`;
 * - `{ "$number": value }` likewise, `{ "$list": [values] }` (nulls left out), `{ "$split": value, "by": "," }`;
 * - an object of values, or a plain number, boolean or null.
 */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

const value: z.ZodType<Value> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(value), z.record(z.string(), value)]),
);

/** Cells that must hold for a template to apply: one of these texts, or blank / not blank. All must hold. */
const when = z.record(
  z.string(),
  z.union([z.array(z.string()).min(1), z.strictObject({ blank: z.boolean() })]),
);

/**
 * When the event happened. `date` gives precision day, `month` month, `date-time`, `iso`, `epoch-seconds` and
 * `epoch-milliseconds` instant; any other format is a pattern of Luxon such as `dd/MM/yyyy HH:mm`. A time without an offset
 * is in `zone` (`Europe/Paris`), UTC unless it is named; `twice` says which is meant where the clocks show a time twice.
 * A blank cell, or no `time` at all, makes the event undated.
 */
const time = z.strictObject({
  from: z.string(),
  format: z
    .string()
    .refine(
      isTimeFormat,
      'must be date, month, date-time, iso, epoch-seconds, epoch-milliseconds, or a pattern such as dd/MM/yyyy HH:mm',
    ),
  zone: z
    .string()
    .refine((zone) => IANAZone.isValidZone(zone), 'must be a time zone such as Europe/Paris')
    .optional(),
  twice: z.enum(['first', 'second']).optional(),
});

const template = {
  file: z.string(),
  when: when.optional(),
  time: time.optional(),
  /** fields (or `time`) that this mapping concludes, beside those that no cell fed, which are marked by themselves */
  inferred: z.array(z.string()).default([]),
  data: z.record(z.string(), value).default({}),
  /** breaks ties of commands on one entity at one time, such as `{HistoryId}` */
  order: z.string().optional(),
};

const fact = z.strictObject({ ...template, emit: z.string(), id: z.string().optional() });
const command = z.strictObject({
  ...template,
  command: z.string(),
  to: z.enum(['leads', 'opportunities']),
  on: z.string(),
});

const file = z.strictObject({
  /** what the file's name must contain */
  name: z.string(),
  columns: z.array(z.string()).min(1),
  /** columns that together name a row; without them its content and its occurrence number do */
  key: z.array(z.string()).optional(),
  delimiter: z.string().length(1).default(','),
  encoding: z.enum(ENCODINGS).optional(),
  /** values of a column that no `when` has to name, since nothing comes of them */
  ignore: z.record(z.string(), z.array(z.string()).min(1)).default({}),
});

const numberFormat = z
  .strictObject({
    decimal: z.enum(['.', ',']).default('.'),
    group: z.enum([',', '.', "'", ' ']).nullable().default(null),
    symbols: z.array(z.string().min(1)).default([]),
    parentheses: z.boolean().default(false),
    round: z.enum(['refuse', 'half-up']).default('refuse'),
  })
  .refine(({ decimal, group }) => decimal !== group, 'decimal and group must be different signs');

const schema = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  about: z.string(),
  /** CloudEvents source of everything this mapping sends; reports filter by it */
  source: z.string().min(1),
  files: z.record(z.string(), file),
  /** texts that mean a blank cell in every file: `N/A`, `(not set)` */
  blank: z.array(z.string()).default([]),
  maps: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  /** how numbers are written, by a name that `format` refers to */
  numbers: z.record(z.string(), numberFormat).default({}),
  /**
   * In lifecycle order. Commands on one entity are sent by their time; the order of this list decides among those of one day
   * that is all that is known, and those without a time.
   */
  events: z.array(z.union([fact, command])).min(1),
});

export type Mapping = z.infer<typeof schema>;
export type Template = Mapping['events'][number];
export type MappedFile = Mapping['files'][string];

const shipped = new URL('../../mappings/', import.meta.url);

/** Names of the mappings that come with Throughline. */
export function mappingNames(): string[] {
  return readdirSync(shipped)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

/**
 * Reads a shipped mapping by name, or one of your own by path.
 * @throws MappingError that names the place in the file and what it must be
 */
export function loadMapping(nameOrFile: string): Mapping {
  const path = mappingNames().includes(nameOrFile) ? new URL(`${nameOrFile}.json`, shipped) : nameOrFile;
  if (typeof path === 'string' && !existsSync(path))
    throw new MappingError(
      `There is no mapping ${nameOrFile}: give the path of a JSON file, or one of ${mappingNames().join(', ')}.`,
    );
  const text = readFileSync(path, 'utf8');
  const errors: ParseError[] = [];
  const json = parseJsonc(text, errors, { allowTrailingComma: true }) as unknown;
  const [error] = errors;
  if (error !== undefined)
    throw new MappingError(
      `${nameOrFile} is not JSON: ${printParseErrorCode(error.error)} in line ${text.slice(0, error.offset).split('\n').length}.`,
    );
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw new MappingError(
      `${nameOrFile}:\n` +
        parsed.error.issues
          .map((issue) => `  at ${issue.path.join('.') || 'the top'}: ${issue.message}`)
          .join('\n'),
    );
  const faults = checkMapping(parsed.data);
  if (faults.length > 0)
    throw new MappingError(`${nameOrFile}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  return parsed.data;
}

export class MappingError extends UsageError {
  override readonly name = 'MappingError';
}
