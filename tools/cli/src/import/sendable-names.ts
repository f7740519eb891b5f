import { catalogue, type CatalogueEntry } from '@throughline/contracts';
import type { z } from 'zod';

type Shape = z.ZodObject;

/** What the service adds to a command's data: not sent. */
const ADDED = ['lead', 'opportunity', 'from', 'clock', 'answerDue'];

/** Facts by name, with the schema of their data. */
export const facts: ReadonlyMap<string, Shape> = new Map(
  catalogue
    .filter(({ kind }) => kind === 'fact')
    .map(({ name, schema }) => [name as string, schemaOf(schema)]),
);

/** Commands of each service by name, with the schema of the data that is sent. */
export const commands = {
  leads: commandsOf('leads', 'capture'),
  opportunities: commandsOf('opportunities', 'open'),
} as const;

function commandsOf(service: string, creating: string): ReadonlyMap<string, Shape> {
  const own = catalogue.flatMap(({ route, schema }): [string, Shape][] => {
    const [, path = ''] = /^POST \/v1\/([a-z/{}A-Z-]+)$/.exec(route ?? '') ?? [];
    const [owner, , step = creating] = path.split('/');
    return owner === service ? [[step, sentSchema(schemaOf(schema))]] : [];
  });
  return new Map(own);
}

function sentSchema(schema: Shape): Shape {
  const added = ADDED.filter((field) => field in schema.shape);
  return schema.omit(Object.fromEntries(added.map((field) => [field, true])) as Record<string, true>);
}

/** Every schema of the catalogue is that of an object. */
function schemaOf(schema: CatalogueEntry['schema']): Shape {
  return schema as unknown as Shape;
}
