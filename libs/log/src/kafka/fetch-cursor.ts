import type { LogRecord, Passed } from '../log.ts';
import type { KafkaFetcher } from './kafka-fetcher.ts';
import { decodeBatch, type Place } from './record-batch.ts';
import type { StoredBatch } from './record-set.ts';

/** Records in order and what stands between them, as a batch of the port has them. */
export interface Portion {
  readonly records: LogRecord[];
  readonly passed: Passed[];
  readonly high: bigint;
}

type Item = LogRecord | Passed;

/**
 * Reads one partition onwards, handing out what a fetch brought (up to 1 MB as it is stored) in batches. Stored batches
 * are decoded as they are needed, so that of compressed ones no more than is handed out stands in memory. Who asks for
 * anything but the next record gets it from the log: what was kept proves nothing about the log as it is now.
 *
 * What is `broken` is handed out alone: whoever halts there has applied all that comes before.
 */
export class FetchCursor {
  private kept: readonly StoredBatch[] = [];
  private items: Item[] = [];
  private next = -1n;
  private high = 0n;

  constructor(
    private readonly fetcher: KafkaFetcher,
    private readonly place: Place,
  ) {}

  /** What stands from an offset on, at most so many; waits for the first, and gives none when the signal aborts. */
  async fetch(from: bigint, most: number, signal: AbortSignal): Promise<Portion> {
    if (from !== this.next || (this.kept.length === 0 && this.items.length === 0))
      await this.refill(from, signal);
    while (this.items.length < most && this.kept.length > 0) await this.decodeNext(from);
    const items = this.items.slice(0, untilBroken(this.items, most));
    this.items = this.items.slice(items.length);
    const last = items.at(-1);
    this.next = last === undefined ? from : endOf(last);
    return {
      records: items.filter((item) => 'offset' in item),
      passed: items.filter((item) => 'kind' in item),
      high: this.high,
    };
  }

  private async refill(from: bigint, signal: AbortSignal): Promise<void> {
    this.kept = []; // also where the fetch fails
    this.items = [];
    const { topic, partition } = this.place;
    const { batches, high } = await this.fetcher.fetch(topic, partition, from, signal);
    this.kept = batches;
    this.high = high;
  }

  /** A stored batch comes whole, so what is before the offset is dropped here. */
  private async decodeNext(from: bigint): Promise<void> {
    const [batch, ...rest] = this.kept;
    this.kept = rest;
    if (!batch) return;
    const decoded = await decodeBatch(this.place, batch);
    if ('records' in decoded) {
      for (const record of decoded.records) if (record.offset >= from) this.items.push(record);
      return;
    }
    const { first } = decoded.passed;
    this.items.push({ ...decoded.passed, first: first < from ? from : first });
  }
}

function endOf(item: Item): bigint {
  return 'offset' in item ? item.offset + 1n : item.next;
}

/** How many items go together: up to `most`, and nothing with what is broken. */
function untilBroken(items: readonly Item[], most: number): number {
  const at = items.findIndex((item) => 'kind' in item && item.kind === 'broken');
  return at === -1 ? most : Math.min(most, Math.max(1, at));
}

/** What is before an offset, of a portion that may go past it. */
export function upTo(to: bigint, { records, passed, high }: Portion): Portion {
  return {
    records: records.filter(({ offset }) => offset < to),
    passed: passed.filter(({ first }) => first < to),
    high,
  };
}
