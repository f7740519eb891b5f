import { firstByte, sliceArray } from '@throughline/contracts';

/** One event of a file, byte for byte as it stands there. */
export interface Item {
  /** its line, or in an array its place, from 1 */
  readonly at: number;
  readonly bytes: Buffer;
}

export interface Items {
  readonly unit: 'line' | 'item';
  readonly items: readonly Item[];
}

const OPENING_BRACKET = 0x5b;
const LINE_FEED = 0x0a;
const MOST_ITEMS = 500;
const MOST_BYTES = 700_000;
const SEPARATORS = 2;

/**
 * The events of a file: the items of one array, or one event over several lines, or one event a line. Nothing is
 * parsed and written anew, since that would drop a repeated key, round a number or mend an encoding unsaid; what is
 * no JSON is an item too, for the door to quarantine.
 */
export function itemsOf(bytes: Buffer): Items {
  if (bytes[firstByte(bytes)] === OPENING_BRACKET) {
    const items = sliceArray(bytes, Infinity).map((item, index) => ({ at: index + 1, bytes: item }));
    return { unit: 'item', items };
  }
  if (isJson(bytes)) return { unit: 'line', items: [{ at: 1, bytes }] };
  return { unit: 'line', items: linesOf(bytes).filter((line) => firstByte(line.bytes) < line.bytes.length) };
}

/** Batches that the door takes whole; what is no JSON goes alone, so that it spoils no other. */
export function batchesOf(items: readonly Item[]): Item[][] {
  const batches: Item[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    const isAlone = !isJson(item.bytes);
    const size = item.bytes.length + SEPARATORS;
    const isFull = (batches.at(-1)?.length ?? 0) >= MOST_ITEMS || bytes + size > MOST_BYTES;
    if (isAlone || isFull) {
      batches.push([item]);
      bytes = isAlone ? Infinity : size;
    } else {
      batches.at(-1)?.push(item);
      bytes += size;
    }
  }
  return batches;
}

/** The body of a batch: an array of the items as they are. */
export function bodyOf(batch: readonly Item[]): Buffer {
  const parts = batch.flatMap(({ bytes }, index) => [Buffer.from(index === 0 ? '[' : ','), bytes]);
  return Buffer.concat([...parts, Buffer.from(']')]);
}

function linesOf(bytes: Buffer): Item[] {
  const lines: Item[] = [];
  for (let from = 0; from < bytes.length;) {
    const found = bytes.indexOf(LINE_FEED, from);
    const to = found === -1 ? bytes.length : found;
    lines.push({ at: lines.length + 1, bytes: bytes.subarray(from, to) });
    from = to + 1;
  }
  return lines;
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8', firstByte(bytes)));
    return true;
  } catch {
    return false;
  }
}
