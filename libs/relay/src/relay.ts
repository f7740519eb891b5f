import { OUTBOX_CHANNEL } from '@throughline/event-store';
import type { Log, NewRecord, Placement } from '@throughline/log';
import { loadSql, type Database } from '@throughline/postgres';
import { Alarm } from './alarm.ts';
import type { RelayOptions } from './relay-options.ts';
import { ShardLocks } from './shard-locks.ts';

export interface RelayStatus {
  readonly pending: number;
  /** age of the oldest row that waits, null when none does */
  readonly oldestSeconds: number | null;
  /** whether this process moves any shard now */
  readonly owner: boolean;
  readonly shards: readonly number[];
  /** of the last run, null when it went well */
  readonly lastError: string | null;
}

interface Pending extends NewRecord {
  readonly id: string;
  readonly topic: string;
}

/** A row of the outbox that the log has taken, and where. */
interface Sent extends Placement {
  readonly id: string;
}

const sql = {
  pending: loadSql(import.meta.url, './pending.sql'),
  settle: loadSql(import.meta.url, './settle.sql'),
  waiting: loadSql(import.meta.url, './waiting.sql'),
  forget: loadSql(import.meta.url, './forget-hops.sql'),
};
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const PAGES_A_RUN = 16;
const HOPS_KEPT = '30 days';
const FORGET_EVERY_MS = 3_600_000;

/**
 * Moves the outbox to the log.
 *
 * Guarantees:
 * - I1: a row leaves the outbox only after the log has acknowledged it. Whatever fails or is killed before that, it is
 *   sent again: repeats, no loss.
 * - I3: rows of one key are sent in the order of their ids, one awaited batch after the other, and nothing of a topic
 *   goes before what failed there; what was read ahead of a failure is read again. First occurrences in the log are in order.
 * - One owner a shard. An owner that lost its lock sends nothing more; were two to overlap, they could only repeat.
 * - Where an event went is noted in the statement that takes it out of the outbox.
 */
export class Relay {
  readonly #database: Database;
  readonly #log: Log;
  readonly #options: Required<RelayOptions>;
  readonly #locks: ShardLocks;
  readonly #alarm = new Alarm();
  #running: Promise<unknown> = Promise.resolve();
  #loop: Promise<void> | undefined;
  #lastError: string | null = null;

  constructor(database: Database, log: Log, options: RelayOptions = {}) {
    this.#database = database;
    this.#log = log;
    this.#options = {
      shards: 1,
      batchSize: 1_000,
      batchBytes: 512 * 1024,
      pollMs: 1_000,
      before: async () => {},
      ...options,
    };
    this.#locks = new ShardLocks(database, this.#options.shards);
  }

  /** Runs until `stop`: woken by appends, by itself every second, after failures with a pause of 100 ms to 5 s. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Ends the batch in hand and gives the shards back. */
  async stop(): Promise<void> {
    this.#alarm.off();
    await this.#loop;
    await this.#running.catch(() => undefined);
    await this.#locks.release();
  }

  /**
   * Moves one batch of every shard it owns or can get.
   * @returns how many records the log took; 0: nothing waits, or another process owns all shards
   * @throws what the log or the database threw; nothing that was not acknowledged has left the outbox
   */
  runOnce(): Promise<number> {
    return this.#next(1);
  }

  /**
   * Moves what waits, up to 16 batches of every shard: between them no other shard has its turn.
   * @returns as `runOnce`
   */
  drain(): Promise<number> {
    return this.#next(PAGES_A_RUN);
  }

  /** Deletes what the processing log noted more than 30 days ago; the owner does so every hour. @returns how many rows */
  async forgetHops(): Promise<number> {
    return (await this.#database.query(sql.forget, [HOPS_KEPT])).rowCount;
  }

  async status(): Promise<RelayStatus> {
    const { rows } = await this.#database.query<{ pending: string; oldest_seconds: string | null }>(
      sql.waiting,
    );
    const oldest = rows[0]?.oldest_seconds ?? null;
    return {
      pending: Number(rows[0]?.pending ?? 0),
      oldestSeconds: oldest === null ? null : Math.max(0, Number(oldest)),
      owner: this.#locks.owned.length > 0,
      shards: this.#locks.owned,
      lastError: this.#lastError,
    };
  }

  #next(pages: number): Promise<number> {
    const run = this.#running.then(
      () => this.#shards(pages),
      () => this.#shards(pages),
    );
    this.#running = run;
    return run;
  }

  async #shards(pages: number): Promise<number> {
    try {
      await this.#options.before();
      await this.#locks.claim();
      let moved = 0;
      for (const shard of this.#locks.owned) moved += await this.#pages(shard, pages);
      this.#lastError = null;
      return moved;
    } catch (error) {
      this.#lastError = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  /**
   * While a page is sent, the one after it is read and the one before it is taken out: three pages at most are in
   * hand, one of them on its way to the log. Where a topic fails, what was read ahead may hold more of it: it is read
   * anew without that topic, and on to the end, or the topic's rows could fill every page and hold up the others.
   * Each read begins at the oldest row that is not in hand: one with a smaller id may have been committed meanwhile.
   */
  async #pages(shard: number, most: number): Promise<number> {
    const failures = new Map<string, unknown>();
    const read = (inHand: readonly Pending[]) => this.#read(shard, inHand, failures.keys());
    let moved = 0;
    let settling: Promise<number> = Promise.resolve(0);
    try {
      let before: readonly Pending[] = [];
      let page = await read(before);
      for (let n = 1; page.length > 0; n += 1) {
        const inHand = [...before, ...page];
        const known = failures.size;
        const ahead = n < most ? quiet(read(inHand)) : [];
        const sent = await this.#send(shard, page, failures);
        moved += await settling;
        settling = quiet(this.#settle(sent));
        if (!this.#locks.owns(shard)) break;
        await this.#locks.claim();
        before = page;
        page = failures.size > known || (failures.size > 0 && n >= most) ? await read(inHand) : await ahead;
      }
    } finally {
      moved += await settling;
    }
    for (const failure of failures.values()) throw failure;
    return moved;
  }

  async #read(shard: number, inHand: readonly Pending[], failed: Iterable<string>): Promise<Pending[]> {
    const { shards, batchSize, batchBytes } = this.#options;
    const values = [shards, shard, batchSize, batchBytes, [...failed], inHand.map(({ id }) => id)];
    return (await this.#database.query<Pending>(sql.pending, values)).rows;
  }

  /** Topics go one after the other; one that fails holds up neither what was sent before it nor the other topics. */
  async #send(
    shard: number,
    page: readonly Pending[],
    failures: Map<string, unknown>,
  ): Promise<readonly Sent[]> {
    const sent: Sent[] = [];
    for (const [topic, pending] of Map.groupBy(page, (row) => row.topic)) {
      if (!this.#locks.owns(shard)) break;
      try {
        const records = pending.map((row) => ({ ...row, timestamp: Number(row.timestamp) }));
        const placements = await this.#log.send(topic, records);
        if (placements.length !== pending.length)
          throw new Error(`The log did not acknowledge all records for ${topic}.`);
        placements.forEach((placement, at) => sent.push({ ...placement, id: pending[at]?.id ?? '' }));
      } catch (error) {
        failures.set(topic, error);
      }
    }
    return sent;
  }

  async #settle(sent: readonly Sent[]): Promise<number> {
    if (sent.length === 0) return 0;
    await this.#database.query(sql.settle, [
      sent.map(({ id }) => id),
      sent.map(({ topic }) => topic),
      sent.map(({ partition }) => partition),
      sent.map(({ offset }) => offset.toString()),
    ]);
    return sent.length;
  }

  async #run(): Promise<void> {
    let stopListening: (() => Promise<void>) | undefined;
    let pauseMs = SHORTEST_PAUSE_MS;
    let forgetAt = 0;
    while (!this.#alarm.isOff) {
      try {
        stopListening ??= await this.#database.listen(OUTBOX_CHANNEL, () => this.#alarm.ring());
        const moved = await this.drain();
        pauseMs = SHORTEST_PAUSE_MS;
        if (moved === 0) await this.#alarm.sleep(this.#options.pollMs);
        if (performance.now() >= forgetAt && this.#locks.owns(0)) {
          await this.forgetHops();
          forgetAt = performance.now() + FORGET_EVERY_MS;
        }
      } catch (error) {
        this.#lastError = error instanceof Error ? error.message : String(error);
        await this.#alarm.pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
    await stopListening?.();
  }
}

/** A promise that is awaited later: until then its failure is nobody's. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
