import { z } from 'zod';
import type { JsonSchema } from '../json-schema.ts';

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;
interface OpenApi {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<string, { readonly responses: Readonly<Record<string, { readonly content?: Content }>> }>
      >
    >
  >;
}
interface Answered {
  readonly method: string;
  /** with or without a query */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/**
 * Reads a service's /openapi.json.
 * @returns what holds an answer that is no problem against it, and throws where it is not as documented
 */
export async function documentedAnswers(url: string): Promise<(answered: Answered) => void> {
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApi;
  const templates = Object.keys(paths)
    .sort((a, b) => a.split('{').length - b.split('{').length)
    .map((path) => ({
      path,
      pattern: new URLPattern({ pathname: path.replaceAll(/\{(\w+)\}/g, ':$1') }),
    }));
  const checks = new Map<JsonSchema, z.ZodType>();
  return ({ method, path, status, body }) => {
    if (status >= 400) return;
    const { pathname } = new URL(path, url);
    const known = templates.find(({ pattern }) => pattern.test({ pathname }))?.path ?? '';
    const documented = paths[known]?.[method.toLowerCase()]?.responses[status]?.content;
    const schema = documented?.['application/json']?.schema;
    if (schema === undefined) throw new Error(`${method} ${path}: ${status} has no schema`);
    const check = checks.get(schema) ?? z.fromJSONSchema(schema);
    checks.set(schema, check);
    const read = check.safeParse(body);
    if (!read.success)
      throw new Error(
        `${method} ${path}: ${status} is not what is documented: ${z.prettifyError(read.error)}`,
      );
  };
}
