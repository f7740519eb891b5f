import { isUtf8 } from 'node:buffer';
import { flaws, MOST_HEADER_BYTES, MOST_HEADERS } from '../foreign.ts';
import type { Flaw } from '../log.ts';
import type { WireReader } from './wire-reader.ts';

export interface ReadHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly flaw: Flaw | null;
}

const TRACE = /^trace(parent|state)$/;

/**
 * The headers of a record, in linear time, up to the limits. Of those that an event is read from (`ce_…`,
 * content-type) each must be there once, with a value in UTF-8; of others the first counts, whatever it holds. A trace
 * is no reason to refuse an event: where its context stands twice, it has none.
 */
export function readHeaders(reader: WireReader): ReadHeaders {
  const count = reader.varint();
  if (count > MOST_HEADERS) return { headers: {}, flaw: flaws.headers(count) };
  const headers = new Map<string, string>();
  const twice = new Set<string>();
  let flaw: Flaw | null = null;
  let bytes = 0;
  for (let at = 0; at < count; at += 1) {
    const name = (reader.varBytes() ?? Buffer.alloc(0)).toString();
    const value = reader.varBytes();
    bytes += name.length + (value?.length ?? 0);
    if (bytes > MOST_HEADER_BYTES) return { headers: Object.fromEntries(headers), flaw: flaws.headerBytes() };
    if (headers.has(name)) twice.add(name);
    else if (value !== null) headers.set(name, value.toString());
    if (isOfEvent(name)) flaw ??= flawOf(name, value, twice);
  }
  for (const name of twice) if (TRACE.test(name)) headers.delete(name);
  return { headers: Object.fromEntries(headers), flaw };
}

function isOfEvent(name: string): boolean {
  return name.startsWith('ce_') || name === 'content-type';
}

function flawOf(name: string, value: Buffer | null, twice: ReadonlySet<string>): Flaw | null {
  const of = name.slice(0, 60);
  if (twice.has(name))
    return { code: 'header-twice', reason: `the record has the header ${of} more than once` };
  if (value === null)
    return { code: 'no-header-value', reason: `the header ${of} of the record has no value` };
  return isUtf8(value) ? null : { code: 'not-utf-8', reason: `the header ${of} of the record is not UTF-8` };
}
