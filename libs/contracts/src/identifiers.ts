import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { v5 } from 'uuid';
import type { JourneyEvent } from './event.ts';

/** Every platform id is derived under this one namespace; it never changes. */
export const EVENT_NAMESPACE = '7c5f3c3e-5d0b-5a53-9d8f-0e2f6a1b4c77';

/** The platform's id of an event: UUIDv5 of the JSON array [source, sourceId]. The same event, the same id. */
export function eventId(source: string, sourceId: string): string {
  return v5(JSON.stringify([source, sourceId]), EVENT_NAMESPACE);
}

/** RFC 8785: the one text of a JSON value. @throws TypeError for what is not JSON */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('not a JSON value');
  return text;
}

/** SHA-256 (hex) of what an event says, without who took it and when: equal for true repeats. */
export function payloadHash(event: JourneyEvent): string {
  const { name, schemaVersion, occurredAt, precision, inferred, key, data } = event;
  const said = canonicalJson({ name, schemaVersion, occurredAt, precision, inferred, key, data });
  return createHash('sha256').update(said).digest('hex');
}
