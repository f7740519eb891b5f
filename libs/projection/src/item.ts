import { createHash } from 'node:crypto';
import { fromRecord, payloadHash, type JourneyEvent } from '@throughline/contracts';
import { fingerprint, foreignIn, type LogRecord } from '@throughline/log';

export interface Fault {
  readonly code: string;
  readonly reason: string;
}

interface Taken {
  readonly record: LogRecord;
  /** what events queue behind: the log key, made fit for a text column and an index */
  readonly key: string;
}

export interface ReadItem extends Taken {
  readonly read: { readonly event: JourneyEvent; readonly hash: string };
}

export interface UnreadItem extends Taken {
  readonly fault: Fault;
}

/** One record of the log as a consumer handles it: its event, or why it has none. */
export type Item = ReadItem | UnreadItem;

/** What the version columns hold. No stream comes near it, but a record may claim more, and no query would take it. */
const LAST_VERSION = 2_147_483_647;

export function decode(record: LogRecord): Item {
  const foreign = foreignIn(record);
  if (foreign) return apart(record, foreign);
  const key = keyText(record.key);
  try {
    const event = fromRecord(record);
    if ((event.stream?.version ?? 0) > LAST_VERSION) throw new RangeError('no stream has so many versions');
    return { record, key, read: { event, hash: payloadHash(event) } };
  } catch (error) {
    const item = { record, key, fault: faultOf(error, 'unreadable') };
    return OF_ANOTHER_VERSION.has(item.fault.code) || (item.fault.code !== 'wrong-topic' && streamOf(item))
      ? item
      : apart(record, item.fault);
  }
}

/** Codes of records that this program cannot read and another version of it may. */
export const OF_ANOTHER_VERSION: ReadonlySet<string> = new Set([
  'unknown-type',
  'future-version',
  'invalid-data',
]);

/** Parked under a key of its own, made of its content: no event waits behind what anybody may have put there. */
function apart(record: LogRecord, fault: Fault): UnreadItem {
  return { record, key: `${keyText(record.key).slice(0, 200)}#${fingerprint(record)}`, fault };
}

export function isRead(item: Item): item is ReadItem {
  return 'read' in item;
}

/** The stream version of an event; of a record that cannot be read, the one that its headers name, if it is its key's. */
export function streamOf(item: Item): JourneyEvent['stream'] {
  if (isRead(item)) return item.read.event.stream;
  const { ce_stream: id, ce_streamversion: text } = item.record.headers;
  const version = /^[1-9]\d{0,9}$/.test(text ?? '') ? Number(text) : 0;
  return id && id === item.key && version > 0 && version <= LAST_VERSION ? { id, version } : null;
}

/** Names a record in maps, in tokens and to people: `p.<topic>.<partition>.<offset>`. */
export function placeOf({
  topic,
  partition,
  offset,
}: Pick<LogRecord, 'topic' | 'partition' | 'offset'>): string {
  return `p.${topic}.${partition}.${offset}`;
}

/** Names an event that a topic holds, however often; the same id in another topic is another event. */
export function nameIn(topic: string, eventId: string): string {
  return `e.${topic}.${eventId}`;
}

/** A closed code where the error has one, and a text that a text column takes. */
export function faultOf(error: unknown, fallback: string): Fault {
  const { code, message, remedy } = error as { code?: unknown; message?: unknown; remedy?: unknown };
  const text = [message, remedy].filter((it) => typeof it === 'string' && it !== '').join('; ');
  return {
    code: columnText(typeof code === 'string' ? code : fallback),
    reason: columnText(text || String(error)).slice(0, 2000),
  };
}

/** A garbage key may be long or hold what PostgreSQL refuses; equal keys stay equal. */
function keyText(key: string): string {
  const text = columnText(key);
  if (text === key && Buffer.byteLength(text) <= 2000) return text;
  return `${text.slice(0, 100)}#${createHash('sha256').update(key, 'utf16le').digest('hex')}`;
}

export function columnText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
