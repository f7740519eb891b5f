import { createHash } from 'node:crypto';
import type { NewRecord } from './log.ts';

/**
 * What a position remembers of the record before it: 128 bits of SHA-256 over key, time, headers and value.
 * A topic that was deleted and made anew has another record there.
 */
export function fingerprint(record: NewRecord): string {
  const headers = Object.entries(record.headers).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([record.key, record.timestamp, headers]))
    .update('\0')
    .update(record.value)
    .digest('hex')
    .slice(0, 32);
}
