import { z } from 'zod';

/** What journeys are made of: what happened between us and the market. */
export const TOPICS = [
  'journey.touches',
  'journey.identities',
  'journey.campaigns',
  'journey.leads',
  'journey.opportunities',
] as const;
/** Every topic of the log: what was concluded of journeys stands apart, and is no part of them. */
export const LOG_TOPICS = [...TOPICS, 'journey.attribution'] as const;
export type Topic = (typeof LOG_TOPICS)[number];
export type Kind = 'fact' | 'decision';

/** One event of the catalogue: what it is called, where it goes, what it must look like. */
export interface EventDefinition<
  N extends string = string,
  K extends Kind = Kind,
  S extends z.ZodType = z.ZodType,
> {
  readonly name: N;
  readonly kind: K;
  readonly schemaVersion: number;
  /** CloudEvents type: `throughline.<name>.v<schemaVersion>` */
  readonly type: string;
  readonly topic: Topic;
  /** a sentence that says what the event says */
  readonly summary: string;
  readonly schema: S;
  /** the log key of an event with this (valid) data; `eventId` is the key of a fact that overwrites nothing */
  key(data: unknown, eventId: string): string;
  /** paths of the personal fields in data, e.g. `traits.email`; `*` stands for every item */
  readonly personal: readonly string[];
  /** decisions: the REST route of the command that leads to it; null for facts */
  readonly route: string | null;
  readonly sample: z.output<S>;
}

interface Given<N extends string, S extends z.ZodType> {
  readonly name: N;
  readonly topic: Topic;
  readonly summary: string;
  readonly schema: S;
  readonly sample: z.input<S>;
}

export function fact<const N extends string, S extends z.ZodType>(
  given: Given<N, S> & { readonly key?: (data: z.output<S>) => string },
): EventDefinition<N, 'fact', S> {
  const { key, ...rest } = given;
  return define(rest, 'fact', null, (data, eventId) => (key ? key(data) : eventId));
}

export function decision<const N extends string, S extends z.ZodType>(
  given: Given<N, S> & { readonly key: (data: z.output<S>) => string; readonly route: string },
): EventDefinition<N, 'decision', S> {
  const { key, route, ...rest } = given;
  return define(rest, 'decision', route, key);
}

function define<N extends string, K extends Kind, S extends z.ZodType>(
  given: Given<N, S>,
  kind: K,
  route: string | null,
  key: (data: z.output<S>, eventId: string) => string,
): EventDefinition<N, K, S> {
  const schemaVersion = 1;
  return Object.freeze({
    ...given,
    kind,
    schemaVersion,
    type: `throughline.${given.name}.v${schemaVersion}`,
    route,
    key: (data: unknown, eventId: string) => key(data as z.output<S>, eventId),
    personal: personalPaths(z.toJSONSchema(given.schema, { io: 'input' })),
    sample: given.schema.parse(given.sample),
  });
}

type Schema = z.core.JSONSchema.BaseSchema;

function personalPaths(schema: Schema): string[] {
  if (schema['personal'] === true) return [''];
  const below = (name: string, inner: unknown): string[] =>
    isSchema(inner) ? personalPaths(inner).map((path) => (path === '' ? name : `${name}.${path}`)) : [];
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => below(name, inner)),
    ...below('*', schema.items),
    ...(schema.anyOf ?? []).flatMap((inner) => personalPaths(inner)),
  ];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
