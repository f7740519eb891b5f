import { EventEmitter } from 'node:events';
import { loadSql, type Database } from '@throughline/postgres';
import { backOff, sleep } from '../sleep.ts';
import { HEADS_CHANNEL } from './head-bell.ts';

const headsStatement = loadSql(import.meta.url, './heads.sql');
const POLL_MS = 2_000;

/**
 * Knows how far partitions reach, for readers that wait: one LISTEN and one slow poll for all of them. A
 * notification carries the new heads, so it costs no query; the poll finds what was never told.
 */
export class HeadWatch {
  private readonly heads = new Map<string, bigint>();
  private readonly moved = new EventEmitter().setMaxListeners(0);
  private readonly topics = new Map<string, number>();
  private readonly abort = new AbortController();
  private polling: Promise<void> | undefined;
  private unlisten: Promise<() => Promise<void>> | undefined;

  constructor(private readonly database: Database) {}

  /** Watches these topics until the returned function is called. */
  watch(topics: readonly string[]): () => void {
    for (const topic of topics) this.topics.set(topic, (this.topics.get(topic) ?? 0) + 1);
    this.polling ??= this.poll(this.abort.signal);
    return () => {
      for (const topic of topics) this.topics.set(topic, (this.topics.get(topic) ?? 1) - 1);
    };
  }

  /** Resolves when the partition reaches past this offset, or the signal aborts. */
  past(topic: string, partition: number, offset: bigint, signal: AbortSignal): Promise<void> {
    const key = `${topic}/${partition}`;
    const isPast = () => signal.aborted || (this.heads.get(key) ?? offset + 1n) > offset;
    if (isPast()) return Promise.resolve();
    return new Promise((resolve) => {
      const look = () => {
        if (!isPast()) return;
        this.moved.off(key, look);
        signal.removeEventListener('abort', look);
        resolve();
      };
      this.moved.on(key, look);
      signal.addEventListener('abort', look);
    });
  }

  /** The head as it was last heard of; 0 before that. */
  of(topic: string, partition: number): bigint {
    return this.heads.get(`${topic}/${partition}`) ?? 0n;
  }

  /** Hears of a head that may be an older one: senders tell after their COMMIT, each in its own time. */
  reached(topic: string, partition: number, high: bigint): void {
    if (high > (this.heads.get(`${topic}/${partition}`) ?? -1n)) this.heard(topic, partition, high);
  }

  /**
   * Takes the head as it was read, be it lower than the one known when the reading began. A higher one that was told
   * meanwhile stands: the bell does not ring for it again.
   */
  heard(topic: string, partition: number, high: bigint, known = this.of(topic, partition)): void {
    const key = `${topic}/${partition}`;
    const now = this.of(topic, partition);
    this.heads.set(key, now !== known && now > high ? now : high);
    this.moved.emit(key);
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await this.polling;
    const unlisten = await this.unlisten?.catch(() => undefined);
    await unlisten?.();
  }

  private async poll(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        this.unlisten ??= this.database.listen(HEADS_CHANNEL, (payload) => this.notified(payload));
        await this.unlisten;
        await this.refresh();
        failures = 0;
        await sleep(POLL_MS, signal);
      } catch {
        this.unlisten = undefined;
        await sleep(backOff(failures++), signal);
      }
    }
  }

  private async refresh(): Promise<void> {
    const watched = [...this.topics].filter(([, watchers]) => watchers > 0).map(([topic]) => topic);
    const known = new Map(this.heads);
    const { rows } = await this.database.query<{ topic: string; partition: number; next: string }>(
      headsStatement,
      [watched],
    );
    for (const { topic, partition, next } of rows)
      this.heard(topic, partition, BigInt(next), known.get(`${topic}/${partition}`) ?? 0n);
  }

  private notified(payload: string): void {
    if (payload === '') return;
    const [topic, heads] = JSON.parse(payload) as [string, [number, string][]];
    for (const [partition, next] of heads) this.reached(topic, partition, BigInt(next));
  }
}
