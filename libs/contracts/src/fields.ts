import { z } from 'zod';
import { canonicalJson } from './canonical.ts';
import { CURRENCIES } from './currency.ts';
import { toDay, toInstant } from './time.ts';

/**
 * An opaque id as its owner gave it; never carries personal data. `.` and `..` are none: as a part of a URL every client
 * removes them, so nothing could be asked of them.
 */
export const id = words(200).regex(/[^.]|\.{3}/, 'must not be . or .., which no URL can name');
/** A word from a list that the emitter keeps: channel, stage, reason, product. */
export const label = words(200);
/** A name in lower case with hyphens: `form-submission`. */
export const slug = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower case words joined by hyphens, like form-submission');
/** Free text counts as personal. */
export const note = personal(words(4000));
export const url = words(2000);
export const member = id;
export const team = z.enum(['marketing', 'sales']);

const zero = (value: number): number => (value === 0 ? 0 : value);
/** Zero is written one way: -0 would not survive the log. */
export const count = z.int().min(0).overwrite(zero);
export const number = z.number().overwrite(zero);

export const instant = z
  .string()
  .max(60)
  .refine((text) => toInstant(text) !== null, 'must be an RFC 3339 timestamp, like 2026-03-01T09:30:00Z')
  .overwrite((text) => toInstant(text) ?? text)
  .meta({ format: 'date-time', description: 'RFC 3339 with any offset; read as UTC with milliseconds' });

export const day = z
  .string()
  .refine((text) => toDay(text) !== null, 'must be an existing day, like 2026-03-01')
  .meta({ format: 'date' });

export const dayOrInstant = z.union([day, instant], 'must be a day or an RFC 3339 timestamp');

/** A code of ISO 4217 that is in use, or was until lately; its minor unit is known. */
export const currencyCode = z.enum(CURRENCIES, 'must be a currency code of ISO 4217, like EUR');

/** Integer minor units (cents); currency null means unknown. */
export const money = z
  .strictObject({
    amount: z.int().overwrite(zero),
    currency: optional(currencyCode),
  })
  .meta({ description: 'integer minor units; currency null means unknown' });
export type Money = z.output<typeof money>;

/** The version of a definition, process or rule that was in force. */
export const versioned = z.strictObject({ id, version: optional(z.int().min(1)) });

const MOST_ATTRIBUTES = 100;
/** What the emitter's own system knows; null (known to be empty there) and absent are kept apart. */
export const attributes = z
  .record(z.string().min(1).max(100), z.string().max(1000).nullable())
  .refine((map) => Object.keys(map).length <= MOST_ATTRIBUTES, `must have at most ${MOST_ATTRIBUTES} keys`)
  .meta({ maxProperties: MOST_ATTRIBUTES, description: 'null: known to be empty there; absent: not known' });

const scalar = z.union([z.string().max(1000), number, z.boolean(), z.null()]);
/** One rule of a judgement with what it looked at and what came out. */
export const ruleResult = z.strictObject({
  rule: label,
  input: optional(z.record(z.string().min(1).max(100), scalar)),
  result: optional(z.boolean()),
});

/** A text that says something: what is not known is null, never an empty text. */
export function words(longest: number): z.ZodString {
  return z.string().max(longest).regex(/\S/, 'must not be blank; leave it out when it is not known');
}

/** A set of at most 100: of equal items the first stands. */
export function listOf<S extends z.ZodType>(item: S): z.ZodArray<S> {
  return z.array(item).max(100).overwrite(distinct);
}

/** Items that are the same JSON are one. */
export function distinct<T>(items: T[]): T[] {
  const texts = items.map(canonicalJson);
  return items.filter((_, at) => texts.indexOf(texts[at] ?? '') === at);
}

/** May be absent or null, both of which mean unknown and are read as null. */
export function optional<S extends z.ZodType>(schema: S): z.ZodDefault<z.ZodNullable<S>> {
  return z._default(z.nullable(schema), null as never);
}

/** Marks a field as personal: it is sealed and erased with its person. */
export function personal<S extends z.ZodType>(schema: S): S {
  return schema.meta({ personal: true });
}
