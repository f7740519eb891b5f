import { definition, definitionOfType, isEventName } from './catalogue.ts';
import type { CatalogueEntry, EventData } from './catalogue.ts';
import { ContractError } from './contract.error.ts';
import { escape } from './json.ts';

const TYPE = /^throughline\.([a-z.-]{1,60})\.v([1-9]\d{0,5})$/;
const MOST_INFERRED = 100;
/** Of the ids, sources and names that stand in an event's attributes. */
export const LONGEST_NAME = 200;

/** @throws ContractError unknown-type, future-version */
export function definitionFor(type: string): CatalogueEntry {
  const known = definitionOfType(type);
  if (known) return known;
  const [, name = '', version = ''] = TYPE.exec(type) ?? [];
  if (isEventName(name)) {
    const { schemaVersion } = definition(name);
    const remedy = `Send version ${schemaVersion}, or upgrade this installation and replay the event.`;
    throw new ContractError(
      'future-version',
      'type',
      `version ${version} of ${name} is not known here`,
      remedy,
    );
  }
  const remedy = 'Send a type of the catalogue, in the form throughline.touch.recorded.v1.';
  throw new ContractError('unknown-type', 'type', 'the type is not in the catalogue', remedy);
}

/**
 * Data of an event, checked and normalised: what is absent is null.
 * @throws ContractError invalid-data with a pointer to the first field that is wrong
 */
export function checkData(entry: CatalogueEntry, data: unknown): EventData {
  const checked = entry.schema.safeParse(data);
  if (checked.success) return checked.data as EventData;
  const issue = checked.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [...(issue?.path ?? []), ...unknown].map((segment) => `/${escape(String(segment))}`);
  const others = checked.error.issues.length - 1;
  const what = unknown.length > 0 ? 'the field is not part of this event' : (issue?.message ?? 'invalid');
  const remedy =
    unknown.length > 0
      ? 'Remove the field, or send it under attributes where the event has them.'
      : `Correct the field as schemas/${entry.name}.v${entry.schemaVersion}.json says.`;
  const more = others > 0 ? ` (and ${others} more)` : '';
  throw new ContractError('invalid-data', `/data${path.join('')}`, what + more, remedy);
}

/** Names of the fields that were concluded, from their comma separated form: sorted, each once. */
export function readInferred(text: string | null | undefined): string[] {
  if (text == null || text === '') return [];
  const names = new Set(text.split(',').map((name) => name.trim()));
  names.delete('');
  if (names.size > MOST_INFERRED || [...names].some(isTooLong)) {
    const remedy = `Name at most ${MOST_INFERRED} fields, separated by commas.`;
    throw new ContractError('bad-attribute', 'inferred', 'inferred is too long', remedy);
  }
  return [...names].sort();
}

/**
 * Whether a text has more than 200 characters, counted as JSON Schema does: one that takes two UTF-16 units is one.
 */
export function isTooLong(text: string): boolean {
  return text.length > LONGEST_NAME && [...text].length > LONGEST_NAME;
}
