import { ContractError } from './contract.error.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const BLANK = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Cuts the bytes of a JSON array into those of its items without judging them, so that a broken item
 * harms no neighbour. What follows an item that is never closed belongs to that item, and what follows
 * the array's end is an item of its own (a bad one): nothing sent is dropped silently.
 * @throws ContractError bad-json when the body is no array, too-many past `most` items
 */
export function sliceArray(body: Buffer, most: number): Buffer[] {
  const start = firstByte(body);
  if (body[start] !== 0x5b) {
    throw new ContractError('bad-json', null, 'the batch is not a JSON array', 'Send [event, event, …].');
  }
  const items: Buffer[] = [];
  let depth = 0;
  let from = start + 1;
  let inString = false;
  let isClosed = false;
  for (let at = from; at < body.length && !isClosed; at += 1) {
    const byte = body[at] as number;
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (OPENING.has(byte)) depth += 1;
    else if (CLOSING.has(byte) && depth > 0) depth -= 1;
    else if (byte === COMMA ? depth === 0 : CLOSING.has(byte)) {
      isClosed = byte !== COMMA;
      const item = trim(body.subarray(from, at));
      if (!isClosed || items.length > 0 || item.length > 0) items.push(item);
      if (items.length > most) throw tooMany(most);
      from = at + 1;
    }
  }
  const rest = trim(body.subarray(from));
  if (!isClosed || rest.length > 0) items.push(rest);
  return items;
}

/** Index of the first byte that is neither blank nor part of a byte order mark. */
export function firstByte(body: Buffer): number {
  return skipBlank(body, body.subarray(0, 3).equals(MARK) ? 3 : 0);
}

function skipBlank(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && BLANK.has(bytes[at] as number)) at += 1;
  return at;
}

function trim(bytes: Buffer): Buffer {
  const from = skipBlank(bytes, 0);
  let to = bytes.length;
  while (to > from && BLANK.has(bytes[to - 1] as number)) to -= 1;
  return bytes.subarray(from, to);
}

function tooMany(most: number): ContractError {
  return new ContractError('too-many', null, `more than ${most} events in a batch`, 'Send smaller batches.');
}
