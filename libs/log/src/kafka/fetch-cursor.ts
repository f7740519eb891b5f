import type { LogRecord } from '../log.ts';
import type { Fetched, KafkaFetcher } from './kafka-fetcher.ts';

/**
 * Reads one partition onwards, handing out what a fetch brought (up to 1 MB) in batches. Who asks for anything but
 * the next record gets it from the log: what was kept proves nothing about the log as it is now.
 */
export class FetchCursor {
  private kept: readonly LogRecord[] = [];
  private next = -1n;
  private high = 0n;

  constructor(
    private readonly fetcher: KafkaFetcher,
    private readonly topic: string,
    private readonly partition: number,
  ) {}

  /** Records from an offset on, at most so many; waits for the first, and gives none when the signal aborts. */
  async fetch(from: bigint, most: number, signal: AbortSignal): Promise<Fetched> {
    if (from !== this.next || this.kept.length === 0) {
      this.kept = []; // also where the fetch fails
      const { records, high } = await this.fetcher.fetch(this.topic, this.partition, from, signal);
      this.kept = records;
      this.high = high;
    }
    const records = this.kept.slice(0, most);
    this.kept = this.kept.slice(most);
    this.next = from + BigInt(records.length);
    return { records, high: this.high };
  }
}
