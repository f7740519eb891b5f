import { z } from 'zod';
import { catalogue } from './catalogue.ts';
import type { CatalogueEntry } from './catalogue.ts';

/** The JSON Schema (2020-12) of what an emitter may send as data of this event; personal fields are marked. */
export function jsonSchema(entry: CatalogueEntry): Record<string, unknown> {
  const { $schema, ...shape } = z.toJSONSchema(entry.schema, { io: 'input', target: 'draft-2020-12' });
  return {
    $schema,
    $id: `urn:throughline:schema:${entry.name}.v${entry.schemaVersion}`,
    title: entry.type,
    description: entry.summary,
    ...shape,
    examples: [entry.sample],
  };
}

/** The checked-in files: name to content. */
export function schemaFiles(): Map<string, string> {
  const name = (entry: CatalogueEntry): string => `${entry.name}.v${entry.schemaVersion}.json`;
  return new Map(catalogue.map((entry) => [name(entry), `${JSON.stringify(jsonSchema(entry), null, 2)}\n`]));
}
