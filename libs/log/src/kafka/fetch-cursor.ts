import type { LogRecord } from '../log.ts';
import type { Fetched, KafkaFetcher } from './kafka-fetcher.ts';

/** Reads one partition onwards, handing out what a fetch brought (up to 1 MB) in batches. */
export class FetchCursor {
  private kept: LogRecord[] = [];
  private high = 0n;

  constructor(
    private readonly fetcher: KafkaFetcher,
    private readonly topic: string,
    private readonly partition: number,
  ) {}

  /** Records from an offset on, at most so many; waits for the first, and gives none when the signal aborts. */
  async fetch(from: bigint, most: number, signal: AbortSignal): Promise<Fetched> {
    const at = this.kept[0] === undefined ? -1 : Number(from - this.kept[0].offset);
    if (at < 0 || this.kept[at]?.offset !== from) {
      const fetched = await this.fetcher.fetch(this.topic, this.partition, from, signal);
      this.kept = fetched.records;
      this.high = fetched.high;
    } else {
      this.kept = this.kept.slice(at);
    }
    return { records: this.kept.slice(0, most), high: this.high };
  }
}
