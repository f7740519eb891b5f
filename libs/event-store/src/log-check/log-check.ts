import { extentOf, type Log, type Mark } from '@throughline/log';
import type { Database } from '@throughline/postgres';
import type { StoreBehindLog } from '../event-store.error.ts';
import { compareBatch } from './compare-batch.ts';
import { compareHeads } from './compare-heads.ts';
import { restoreStore, type RestoreJob } from './restore-store.ts';
import type { Restored, RestoreOptions } from './restored.ts';
import { isWrong, refusalOf, sayOf, type LogLacks, type Standing } from './standing.ts';
import { StoreClock } from './store-clock.ts';

export interface LogCheckOptions {
  readonly database: Database;
  readonly log: Log;
  /** as operators call it */
  readonly service: string;
  /** topics that only this service's decisions go to */
  readonly topics: readonly string[];
  /** between two comparisons, 1,000 ms unless told */
  readonly everyMs?: number;
  /** told of events that are taken back from the log, for tables that are kept beside them */
  readonly taken?: RestoreJob['taken'];
  /** how long `start` waits for the first, 5,000 ms unless told */
  readonly firstMs?: number;
}

/** Every so many runs all heads are compared, not only what came: somebody may have deleted rows. */
const RUNS_BETWEEN_ALL = 30;
const BATCH_SIZE = 2_000;

interface Position {
  readonly partition: number;
  readonly next_offset: string;
  readonly fingerprint: string | null;
}

/**
 * Holds the store of a service against its own topics of the log (I1, decision 24): at start, every second, and at once
 * when an append meets a store that is older than it was.
 *
 * How far it has compared stands in the store, so a store from a backup reads again what came since and finds what of
 * it it lacks; a run in between reads only what is new. A store that is older than its log, or differs from it, takes no
 * decision: readers would take it for a repeat of what they have. While the log is away the last finding holds.
 */
export class LogCheck {
  readonly clock = new StoreClock();
  readonly #options: LogCheckOptions;
  #standing: Standing = { kind: 'not-compared', reason: 'the first comparison has not ended' };
  #running: Promise<Standing> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #runs = 0;
  #compareAll = true;
  #stopped = false;
  /** whether the log has answered the run in hand */
  #readsLog = false;
  #lastError: string | null = null;

  constructor(options: LogCheckOptions) {
    this.#options = options;
  }

  get service(): string {
    return this.#options.service;
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** Compares, waiting a while for the first time, and goes on doing so. The tables of the store must be there. */
  async start(): Promise<void> {
    const { everyMs = 1_000, firstMs = 5_000 } = this.#options;
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => {
      if (this.#standing.kind === 'not-compared' && this.#readsLog)
        this.#standing = { kind: 'comparing', reason: 'it is read for the first time' };
      late.resolve(undefined);
    }, firstMs);
    await Promise.race([this.runOnce().catch(() => undefined), late.promise]);
    clearTimeout(timer);
    const again = () => {
      if (this.#stopped) return;
      this.#timer = setTimeout(() => void this.runOnce().then(again, again), everyMs);
    };
    again();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running?.catch(() => undefined);
  }

  /** @throws StoreBehindLog where a decision could never take effect; nothing while the log has not answered yet */
  decisions(): void {
    const refused = refusalOf(this.#standing, this.service);
    if (refused !== null) throw refused;
  }

  /** Before anything is sent to the log. @throws StoreBehindLog; what the log threw that has not been compared yet */
  async compared(): Promise<void> {
    if (this.#standing.kind === 'equal') return;
    if (this.#standing.kind === 'not-compared') await this.runOnce();
    this.decisions();
  }

  /** The store was found older than it was: nothing is taken until it has been compared anew. @returns the refusal */
  suspected(): StoreBehindLog {
    this.#compareAll = true;
    this.#standing = { kind: 'comparing', reason: 'it is older than it was a moment ago' };
    void this.runOnce().catch(() => undefined);
    return refusalOf(this.#standing, this.service) as StoreBehindLog;
  }

  /** What `/health/fresh` says of it. */
  finding(): { ok: boolean; detail: Record<string, string | null> } {
    const said = sayOf(this.#standing, this.service);
    const { kind } = this.#standing;
    const detail = { standing: kind, reason: said?.reason ?? null, remedy: said?.remedy ?? null };
    return { ok: kind === 'equal', detail: { ...detail, lastError: this.#lastError } };
  }

  /** Takes back from the log what the store lacks, one run at a time over all processes. */
  async restore(options: RestoreOptions = {}): Promise<Restored> {
    const { database, log, topics, taken } = this.#options;
    const session = await database.session();
    try {
      const { rows } = await session.query<{ held: boolean }>(
        `select pg_try_advisory_lock(hashtextextended('restore-store', 0)) as held`,
      );
      if (rows[0]?.held !== true)
        throw new Error('Another restore of this store is running; wait for its end.');
      return await restoreStore(
        { database, log, topics, compare: () => this.compareAll(), ...(taken ? { taken } : {}) },
        options,
      );
    } finally {
      await session.close();
    }
  }

  /** Compares all heads now. */
  compareAll(): Promise<Standing> {
    this.#compareAll = true;
    return (this.#running ?? Promise.resolve()).then(
      () => this.runOnce(),
      () => this.runOnce(),
    );
  }

  /**
   * Compares once, or joins the comparison that runs.
   * @throws what the log or the database threw; the finding before it holds
   */
  runOnce(): Promise<Standing> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      this.#readsLog = false;
    });
    return this.#running;
  }

  async #run(): Promise<Standing> {
    try {
      const all = this.#compareAll || this.#standing.kind !== 'equal' || this.#runs % RUNS_BETWEEN_ALL === 0;
      this.#compareAll = false;
      this.#runs += 1;
      const clock = await this.#readClock();
      const { found, lacks } = await this.#readLog(all);
      if (lacks.length > 0) this.#standing = { kind: 'log-behind', partitions: lacks };
      else if (all || found) this.#standing = await compareHeads(this.#options.database);
      if (this.#standing.kind === 'equal') this.clock.set(clock);
      this.#lastError = null;
      return this.#standing;
    } catch (error) {
      this.#compareAll = true;
      this.#lastError = error instanceof Error ? error.message : String(error);
      if (this.#standing.kind === 'not-compared')
        this.#standing = { kind: 'not-compared', reason: this.#lastError };
      throw error;
    }
  }

  /** Read before the log, so that nothing that is appended meanwhile counts as compared. */
  async #readClock(): Promise<number> {
    const { rows } = await this.#options.database.query<{ seen: string }>('select store_clock() as seen');
    const seen = Number(rows[0]?.seen ?? 0);
    if (seen < this.clock.seen) {
      this.#compareAll = true;
      this.#standing = { kind: 'comparing', reason: 'it is older than it was a moment ago' };
    }
    return seen;
  }

  async #readLog(all: boolean): Promise<{ found: boolean; lacks: LogLacks[] }> {
    const { database, log, topics } = this.#options;
    const lacks: LogLacks[] = [];
    let found = false;
    for (const topic of topics) {
      const marks = await log.marks(topic);
      this.#readsLog = true;
      const { rows } = await database.query<Position>(
        'select partition, next_offset, fingerprint from logged_position where topic = $1',
        [topic],
      );
      const positions = new Map(rows.map((row) => [row.partition, row]));
      for (const mark of marks) {
        const position = positions.get(mark.partition);
        const reason = await this.#lackOf(topic, mark, position, all);
        if (reason !== null) lacks.push({ topic, partition: mark.partition, reason });
        else if (await this.#readTail(topic, mark, BigInt(position?.next_offset ?? 0))) found = true;
      }
    }
    return { found, lacks };
  }

  /** Why a partition of the log is not the one that was read; null when it is. */
  async #lackOf(
    topic: string,
    mark: Mark,
    position: Position | undefined,
    all: boolean,
  ): Promise<string | null> {
    const next = BigInt(position?.next_offset ?? 0);
    if (next > mark.high) return `ends at ${mark.high} and was read up to ${next}`;
    if (!all || position?.fingerprint === null || next <= mark.low) return null;
    const { partition } = mark;
    for await (const batch of this.#options.log.read({ topic, partition, from: next - 1n, to: next })) {
      if (extentOf(batch)?.end.fingerprint === position?.fingerprint) return null;
    }
    return `has another record at ${next - 1n} than was read there`;
  }

  async #readTail(topic: string, { partition, low, high: to }: Mark, next: bigint): Promise<boolean> {
    const { database, log } = this.#options;
    const from = next < low ? low : next;
    let found = false;
    if (from >= to) return found;
    for await (const batch of log.read({ topic, partition, from, to, batchSize: BATCH_SIZE })) {
      if (await database.transaction((tx) => compareBatch(tx, batch))) {
        found = true;
        if (!isWrong(this.#standing)) this.#standing = await compareHeads(database);
      }
    }
    return found;
  }
}
