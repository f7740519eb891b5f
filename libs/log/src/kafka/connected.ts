import { sleep } from '../sleep.ts';
import { isPassing } from './kafka-client.ts';

const never = new AbortController().signal;

/** Something that is connected before it is used and thrown away when it failed. */
export interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

/** A connection left without an answer holds its disconnect for the request time-out; nobody waits that long. */
const LEAVE_MS = 1_000;

/** Holds one connected client; a failed one is never used again. */
export class Connected<C extends Connectable> {
  private current: Promise<C> | undefined;
  private client: C | undefined;
  private leaving: Promise<unknown> = Promise.resolve();

  constructor(private readonly make: () => C) {}

  get(): Promise<C> {
    this.current ??= this.connect();
    return this.current;
  }

  /**
   * Runs `work`; what fails on a client used before is tried on a fresh one, and what the broker says will pass
   * (a topic's leaders are still being made known) for about a second.
   */
  async use<T>(work: (client: C) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      const isFresh = this.current === undefined;
      try {
        return await work(await this.get());
      } catch (error) {
        this.discard();
        if (attempt >= 4 || (isFresh && !isPassing(error))) throw error;
      }
      await sleep(50 * 2 ** attempt, never);
    }
  }

  /** Disconnects it without waiting: it may hang. */
  discard(): void {
    const { client } = this;
    this.client = undefined;
    this.current = undefined;
    if (client) this.leaving = Promise.all([this.leaving, client.disconnect().catch(() => undefined)]);
  }

  async close(): Promise<void> {
    await this.current?.catch(() => undefined);
    this.discard();
    const left = new AbortController();
    await Promise.race([this.leaving, sleep(LEAVE_MS, left.signal)]);
    left.abort();
  }

  private async connect(): Promise<C> {
    const client = this.make();
    this.client = client;
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (this.client === client) this.discard();
      throw error;
    }
  }
}
