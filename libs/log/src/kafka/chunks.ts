import type { NewRecord } from '../log.ts';

/** Half of what a broker takes in one batch unless told otherwise (message.max.bytes). */
const SEND_BYTES = 512 * 1024;

/** Cuts what is sent into requests that a broker takes; a key's records stay in order. */
export function chunksOf(records: readonly NewRecord[]): NewRecord[][] {
  const chunks: NewRecord[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    const size = record.value.length + record.key.length + JSON.stringify(record.headers).length;
    if (bytes + size > SEND_BYTES) {
      chunks.push([]);
      bytes = 0;
    }
    chunks.at(-1)?.push(record);
    bytes += size;
  }
  return chunks;
}
