/** JSON in any of its names: `application/json`, `text/json`, and every type with the suffix `+json` (RFC 6839). */
const JSON_TYPE = /^((application|text)\/json|[a-z0-9!#$&^_.-]+\/[a-z0-9!#$&^_.+-]+\+json)$/;

/** @param contentType with or without parameters, in any case */
export function isJsonType(contentType: string): boolean {
  return JSON_TYPE.test(contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '');
}
