import { fingerprint } from './fingerprint.ts';
import type { LogRecord, Passed, Position } from './log.ts';

/** Records of one partition and the offsets between them that hold none. */
export interface Stretch {
  readonly records: readonly LogRecord[];
  readonly passed?: readonly Passed[];
}

/** The offsets that a batch covers: from its first one to the position behind it. null when it covers none. */
export function extentOf({ records, passed = [] }: Stretch): { first: bigint; end: Position } | null {
  const [record, range] = [records[0], passed[0]];
  const [lastRecord, lastRange] = [records.at(-1), passed.at(-1)];
  const first = record && (!range || record.offset < range.first) ? record.offset : range?.first;
  if (first === undefined) return null;
  if (lastRecord && (!lastRange || lastRecord.offset >= lastRange.next)) {
    return { first, end: { next: lastRecord.offset + 1n, fingerprint: fingerprint(lastRecord) } };
  }
  return { first, end: { next: lastRange?.next ?? first, fingerprint: lastRange?.fingerprint ?? null } };
}

/** The first offset from `next` on that a batch does not cover, when it covers a later one; null when none is missing. */
export function missingIn(
  next: bigint,
  { records, passed = [] }: Stretch,
): { at: bigint; found: bigint } | null {
  let expected = next;
  let at = 0;
  for (const record of records) {
    for (let range = passed[at]; range && range.first < record.offset; range = passed[(at += 1)]) {
      if (range.first !== expected) return { at: expected, found: range.first };
      expected = range.next;
    }
    if (record.offset !== expected) return { at: expected, found: record.offset };
    expected += 1n;
  }
  for (const range of passed.slice(at)) {
    if (range.first !== expected) return { at: expected, found: range.first };
    expected = range.next;
  }
  return null;
}
