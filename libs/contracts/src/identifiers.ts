import { hash } from 'node:crypto';
import { canonicalJson } from './canonical.ts';
import type { JourneyEvent } from './event.ts';

/** Every platform id is derived under this one namespace; it never changes. */
export const EVENT_NAMESPACE = '7c5f3c3e-5d0b-5a53-9d8f-0e2f6a1b4c77';

const namespace = Buffer.from(EVENT_NAMESPACE.replaceAll('-', ''), 'hex');

/** The platform's id of an event: UUIDv5 (RFC 9562) of the JSON array [source, sourceId]. The same event, the same id. */
export function eventId(source: string, sourceId: string): string {
  const name = Buffer.from(JSON.stringify([source, sourceId]));
  const digest = hash('sha1', Buffer.concat([namespace, name]), 'hex');
  const variant = ((Number.parseInt(digest.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

/** The platform's id of the touch that is withdrawn. */
export function withdrawnTouch({
  source,
  data,
}: Pick<JourneyEvent<'touch.withdrawn'>, 'source' | 'data'>): string {
  return eventId(data.source ?? source, data.touch);
}

const hashes = new WeakMap<JourneyEvent, string>();

/**
 * SHA-256 (hex) of what an event says, without who took it and when: equal for true repeats. Events do not change, so
 * each is hashed once, however many ask.
 */
export function payloadHash(event: JourneyEvent): string {
  const known = hashes.get(event);
  if (known !== undefined) return known;
  const made = hashOf(event);
  hashes.set(event, made);
  return made;
}

function hashOf(event: JourneyEvent): string {
  const { name, schemaVersion, occurredAt, precision, inferred, key, data } = event;
  return hash(
    'sha256',
    canonicalJson({ data, inferred, key, name, occurredAt, precision, schemaVersion }),
    'hex',
  );
}
