import { createScanner, parse as readTokens } from 'jsonc-parser';
import { ContractError } from './contract.error.ts';
import { isPlainJson } from './plain-json.ts';

export interface JsonLimits {
  /** 256 KiB unless given */
  readonly maxBytes?: number;
  /** how deep objects and arrays may nest, the outermost counted; 16 unless told */
  readonly maxDepth?: number;
  /** JSON pointer of this text inside the whole, for the errors' field */
  readonly at?: string;
}

/** CloudEvents asks for 64 KiB at least. */
export const EVENT_BYTES = 256 * 1024;
export const BATCH_BYTES = 1024 * 1024;
const DEPTH = 16;
/** Harmless as a field that holds a text, dangerous as the parent of others. */
const INHERITED = new Set(['constructor', 'prototype']);

/**
 * Strict JSON (RFC 8259, I-JSON of RFC 7493): UTF-8, no key twice, nothing that changes by being read.
 * @throws ContractError naming the field: too-large, bad-json, bad-string (NUL, lone surrogate, not UTF-8),
 *   duplicate-key, forbidden-key, number-out-of-range, too-deep
 */
export function parseJson(bytes: Buffer, limits: JsonLimits = {}): unknown {
  const { maxBytes = EVENT_BYTES, maxDepth = DEPTH, at = '' } = limits;
  if (bytes.length > maxBytes) {
    const remedy = `Send at most ${maxBytes} bytes; keep long content elsewhere and send its id.`;
    throw new ContractError('too-large', at || null, `${bytes.length} bytes are too many`, remedy);
  }
  const text = decode(bytes, at);
  const value = parse(text, at);
  if (hasEscapedKey(text)) {
    inspectJson(text, maxDepth, at);
    return readTokens(text) as unknown;
  }
  if (!isPlainJson(bytes, text, value, maxDepth)) inspectJson(text, maxDepth, at);
  return value;
}

/**
 * Whether a key is written with an escape. V8 (Node 24) may take such a key for `\\`, once it has read an object that had
 * this key after the same keys: whatever another sent decides what this one says.
 * @param text JSON
 */
function hasEscapedKey(text: string): boolean {
  if (!text.includes('\\')) return false;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at)) {
    let isEscaped = false;
    for (at += 1; text[at] !== '"'; at += 1) {
      if (text[at] !== '\\') continue;
      isEscaped = true;
      at += 1;
    }
    at += 1;
    if (isEscaped && isColonNext(text, at)) return true;
  }
  return false;
}

function isColonNext(text: string, from: number): boolean {
  let at = from;
  while (' \t\n\r'.includes(text[at] ?? '.')) at += 1;
  return text[at] === ':';
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Buffer, at: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new ContractError('bad-string', at || null, 'the text is not UTF-8', 'Encode the body as UTF-8.');
  }
}

function parse(text: string, at: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // V8 names the position or quotes the text; the quote may be personal, so only the position is kept
    const position = /at position (\d+)/.exec(String(error))?.[1];
    const where = position === undefined ? '' : ` at character ${position}`;
    const remedy = 'Send one complete JSON value without comments or trailing commas.';
    throw new ContractError('bad-json', at || null, `the text is not JSON${where}`, remedy);
  }
}

interface Container {
  /** keys seen so far; null in an array */
  readonly keys: Set<string> | null;
  /** key or index that is being read */
  segment: string | number;
  expectsKey: boolean;
}

/**
 * Looks at every token of a text that is known to be JSON. No recursion: depth is the sender's choice.
 * @throws ContractError as `parseJson` does, for all but bytes that are not UTF-8 or not JSON
 */
export function inspectJson(text: string, maxDepth: number, at: string): void {
  const scanner = createScanner(text, true);
  const open: Container[] = [];
  const pointer = (): string => at + open.map(({ segment }) => `/${escape(String(segment))}`).join('');
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    const inside = open.at(-1);
    const character = text[scanner.getTokenOffset()] ?? '';
    switch (character) {
      case '{':
      case '[':
        if (inside && INHERITED.has(String(inside.segment))) throw forbidden(pointer());
        if (open.length >= maxDepth) throw tooDeep(pointer(), maxDepth);
        open.push(
          character === '{'
            ? { keys: new Set(), segment: '', expectsKey: true }
            : { keys: null, segment: 0, expectsKey: false },
        );
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',':
        if (inside?.keys) inside.expectsKey = true;
        else if (inside) inside.segment = Number(inside.segment) + 1;
        break;
      case '"': {
        const value = scanner.getTokenValue();
        const isKey = inside?.expectsKey === true;
        if (value.includes('\0') || !value.isWellFormed()) throw badString(isKey ? null : pointer(), at);
        if (isKey) takeKey(inside, value, pointer);
        break;
      }
      default:
        if (character === '-' || (character >= '0' && character <= '9')) {
          if (!survives(scanner.getTokenValue())) throw outOfRange(pointer());
        }
    }
  }
}

function takeKey(object: Container, key: string, pointer: () => string): void {
  object.segment = key;
  object.expectsKey = false;
  if (key === '__proto__') throw forbidden(pointer());
  if (object.keys?.has(key)) {
    const remedy = 'Send each key once; which of the two is meant cannot be known.';
    throw new ContractError('duplicate-key', pointer(), 'a key stands twice in one object', remedy);
  }
  object.keys?.add(key);
}

/**
 * Whether a number means the same after it was read, and after it was written and read again: finite, integers
 * exact in whatever notation (1e20 is written as digits), no underflow to zero.
 */
function survives(literal: string): boolean {
  const value = Number(literal);
  if (!Number.isFinite(value)) return false;
  if (Number.isInteger(value) && value !== 0) return Number.isSafeInteger(value);
  return value !== 0 || !/[1-9]/.test(literal.split(/e/i)[0] ?? '');
}

/** @returns a JSON pointer segment (RFC 6901) */
export function escape(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

function badString(field: string | null, at: string): ContractError {
  const remedy = 'Remove NUL characters and halves of surrogate pairs from the text.';
  return new ContractError('bad-string', field ?? (at || null), 'a text cannot be stored', remedy);
}

function forbidden(field: string): ContractError {
  return new ContractError('forbidden-key', field, 'a key of this name is not taken', 'Rename the key.');
}

function tooDeep(field: string, maxDepth: number): ContractError {
  const remedy = `Nest objects and arrays at most ${maxDepth} deep.`;
  return new ContractError('too-deep', field, `nested more than ${maxDepth} deep`, remedy);
}

function outOfRange(field: string): ContractError {
  const remedy = 'Send integers up to 9007199254740991 and finite decimals; send longer numbers as text.';
  return new ContractError('number-out-of-range', field, 'a number would change by being read', remedy);
}
