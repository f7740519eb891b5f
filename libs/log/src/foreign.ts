import type { Flaw, NewRecord } from './log.ts';

/** An event of this platform has up to 13 headers; interceptors and proxies add some. */
export const MOST_HEADERS = 128;
/** Names and values of all headers: the longest list of inferred fields takes 80 KB. */
export const MOST_HEADER_BYTES = 128 * 1024;
/** The longest key names both ends of an edge. */
export const MOST_KEY_BYTES = 8 * 1024;
/** What one record's data may have; a batch may hold more. */
export const MOST_VALUE_BYTES = 1024 * 1024;

/** Limits of a record that are checked before anything of it is decoded further. */
export const flaws = {
  headers: (count: number): Flaw => ({
    code: 'too-many-headers',
    reason: `the record has ${count} headers, at most ${MOST_HEADERS} are read; send fewer`,
  }),
  headerBytes: (): Flaw => ({
    code: 'headers-too-large',
    reason: `the headers of the record take more than ${MOST_HEADER_BYTES} bytes; send less in them`,
  }),
  key: (bytes: number): Flaw => ({
    code: 'key-too-large',
    reason: `the key of the record has ${bytes} bytes, at most ${MOST_KEY_BYTES} are read`,
  }),
  value: (bytes: number): Flaw => ({
    code: 'value-too-large',
    reason: `the value of the record has ${bytes} bytes, at most ${MOST_VALUE_BYTES} are read`,
  }),
} as const;

/**
 * What keeps a record from being an event before it is looked at as one, on any log: what the adapter found, or a
 * number or size beyond the limits. null when nothing does.
 */
export function foreignIn(record: NewRecord & { readonly foreign?: Flaw }): Flaw | null {
  if (record.foreign) return record.foreign;
  const names = Object.keys(record.headers);
  if (names.length > MOST_HEADERS) return flaws.headers(names.length);
  let bytes = 0;
  for (const name of names) bytes += name.length + (record.headers[name]?.length ?? 0);
  if (bytes > MOST_HEADER_BYTES) return flaws.headerBytes();
  if (record.key.length > MOST_KEY_BYTES) return flaws.key(record.key.length);
  if (record.value.length > MOST_VALUE_BYTES) return flaws.value(record.value.length);
  return null;
}
