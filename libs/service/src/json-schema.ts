import { z } from 'zod';

/** A JSON Schema 2020-12 object, as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a caller sends (`input`) or gets (`output`), as JSON Schema. What JSON Schema cannot say is left open. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

/** The properties of an object schema, one by one: how a query or a path is described. */
export function propertiesOf(schema: z.ZodType): { name: string; required: boolean; schema: JsonSchema }[] {
  const whole = jsonSchemaOf(schema, 'input');
  const required = new Set((whole['required'] ?? []) as readonly string[]);
  const properties = (whole['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  return Object.entries(properties).map(([name, each]) => ({
    name,
    required: required.has(name),
    schema: each,
  }));
}
