import type { JsonSchema } from '@throughline/service';
import { z } from 'zod';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonSchema;
}

/** One method of one path, as /openapi.json describes it. */
export interface Operation {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** schema of the body by content type; none: it takes no body */
  readonly bodies: Readonly<Record<string, JsonSchema>>;
  /** what is answered by status, `default` for all others; then by content type */
  readonly answers: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
}

export interface Documented {
  readonly operations: readonly Operation[];
  /** @returns what is wrong with a value by a schema of this document, null when nothing is */
  faultOf(schema: JsonSchema, value: unknown): string | null;
}

type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>;
interface Described {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

export async function readDocument(url: string): Promise<Documented> {
  const response = await fetch(`${url}/openapi.json`);
  const { paths, components } = (await response.json()) as OpenApi;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => operationOf(path, method, described)),
  );
  const checks = new Map<JsonSchema, z.ZodType>();
  return {
    operations,
    faultOf(schema, value) {
      const check = checks.get(schema) ?? z.fromJSONSchema(resolved(schema, components.schemas));
      checks.set(schema, check);
      const read = check.safeParse(value);
      return read.success ? null : z.prettifyError(read.error);
    },
  };
}

function operationOf(
  path: string,
  method: string,
  { parameters, requestBody, responses }: Described,
): Operation {
  return {
    method: method.toUpperCase() as Operation['method'],
    path,
    parameters: parameters ?? [],
    bodies: schemasOf(requestBody?.content),
    answers: Object.fromEntries(
      Object.entries(responses).map(([status, { content }]) => [status, schemasOf(content)]),
    ),
  };
}

function schemasOf(content: Content = {}): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(content).map(([type, { schema }]) => [type, schema ?? {}]));
}

function resolved(schema: JsonSchema, known: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const name = /^#\/components\/schemas\/(.+)$/.exec(String(schema['$ref'] ?? ''))?.[1];
  return name === undefined ? schema : (known[name] ?? schema);
}
