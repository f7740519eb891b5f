import fc from 'fast-check';
import type { JsonSchema } from '@throughline/service';

/**
 * Values that a JSON Schema takes: the subset of 2020-12 that the services' documents use. Texts are what people
 * write in any script; NUL and halves of surrogate pairs, which no text here can have, are left to the mutations.
 * @throws Error for what it does not know, so that a new keyword is not passed over in silence
 */
export function arbitraryOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const any = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(any)) return fc.oneof(...(any as JsonSchema[]).map(arbitraryOf));
  const { type } = schema;
  if (Array.isArray(type)) return fc.oneof(...type.map((each) => arbitraryOf({ ...schema, type: each })));
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer(range(schema, 1_000_000_000));
    case 'number':
      return fc.double({ ...range(schema, 1e9), noNaN: true }).filter(isPlain);
    case 'string':
      return textOf(schema);
    case 'array':
      return arrayOf(schema);
    case 'object':
      return objectOf(schema);
    case undefined:
      return anything;
    default:
      throw new Error(`a schema of type ${String(type)} is not known`);
  }
}

/** Any JSON, for what a schema leaves open. */
const { anything } = fc.letrec((tie) => ({
  anything: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom<unknown>(null, true, false),
    fc.integer(),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.array(tie('anything'), { maxLength: 3 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,12}$/), tie('anything'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

const number = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);

function range(schema: JsonSchema, most: number): { min: number; max: number } {
  const max = Math.min(number(schema['maximum'], most), most);
  const above = number(schema['exclusiveMinimum'], -most - 1) + 1;
  return { min: Math.max(number(schema['minimum'], above), -most), max };
}

/** What JSON writes as it is read; -0 would come back as 0. */
const isPlain = (value: number) => !Object.is(value, -0) && (value === 0 || Math.abs(value) > 1e-9);

const LONGEST = 24;
const EARLIEST = new Date('1950-01-01T00:00:00Z');
const LATEST = new Date('2026-01-01T00:00:00Z');

const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'date-time': instants().map((at) => at.toISOString()),
  date: instants().map((at) => at.toISOString().slice(0, 10)),
  uuid: fc.uuid(),
  uri: fc.webUrl(),
};

function instants(): fc.Arbitrary<Date> {
  return fc.date({ min: EARLIEST, max: LATEST, noInvalidDate: true });
}

function textOf(schema: JsonSchema): fc.Arbitrary<string> {
  const { format, minLength: least = 0, maxLength: most = Infinity } = schema as Limits;
  const known = format === undefined ? undefined : formats[format];
  if (known !== undefined) return known;
  const patterns = [schema, ...((schema['allOf'] ?? []) as JsonSchema[])].flatMap(({ pattern }) =>
    typeof pattern === 'string' ? [new RegExp(pattern, 'u')] : [],
  );
  const maxLength = Math.min(most, LONGEST);
  const free = fc.string({ unit: 'grapheme', minLength: Math.min(least, maxLength), maxLength });
  const exact = patterns.find(({ source }) => source.startsWith('^'));
  const made = exact === undefined ? free : fc.stringMatching(exact);
  return made.filter(
    (text) =>
      text.length >= least &&
      [...text].length <= most &&
      patterns.every((each) => each.test(text)) &&
      isStorable(text),
  );
}

interface Limits {
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
}

function arrayOf(schema: JsonSchema): fc.Arbitrary<unknown[]> {
  const minLength = number(schema['minItems'], 0);
  const maxLength = Math.max(minLength, Math.min(number(schema['maxItems'], 3), 3));
  return fc.array(arbitraryOf((schema['items'] ?? {}) as JsonSchema), { minLength, maxLength });
}

function objectOf(schema: JsonSchema): fc.Arbitrary<Record<string, unknown>> {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const known = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, arbitraryOf(each)])),
    { requiredKeys: (schema['required'] ?? []) as string[], noNullPrototype: true },
  );
  const more = schema['additionalProperties'];
  if (typeof more !== 'object' || more === null) return known;
  const names = textOf({ minLength: 1, ...((schema['propertyNames'] ?? {}) as JsonSchema) });
  const plain = names.filter((name) => !(name in {}) && !(name in properties));
  const others = fc.dictionary(plain, arbitraryOf(more as JsonSchema), { maxKeys: 3, noNullPrototype: true });
  return fc.tuple(known, others).map(([own, added]) => ({ ...added, ...own }));
}

function isStorable(value: unknown): boolean {
  const text = JSON.stringify(value);
  return !/\\u0000|\\ud[89a-f]|__proto__/i.test(text);
}
