import type { Batch, Log, Position, Subscription } from '@throughline/log';
import { loadSql, type Database, type Transaction } from '@throughline/postgres';
import { accounting, type PartitionAccount } from './accounting.ts';
import { Applier } from './applier.ts';
import {
  addLaterTables,
  addPositions,
  builds,
  createBuild,
  holdBuilds,
  liveBuild,
  migrateBuilds,
  type Build,
} from './builds.ts';
import type { Effects } from './effects.ts';
import { filledUpTo, TooManyGaps } from './gaps.ts';
import { Groups } from './groups.ts';
import type { Limits } from './inbox.ts';
import { lag, type PartitionLag } from './lag.ts';
import { ParkedEvents } from './parked.ts';
import { unreadables, type Unreadable } from './passed.ts';
import { readAgain } from './read-again.ts';
import { enter, position, StaleOwner, within, type Fence } from './positions.ts';
import type { Projection } from './projection.ts';
import { Waiting, type Reached } from './waiting.ts';

const trimLog = loadSql(import.meta.url, './sql/trim-processing-log.sql');

export interface ConsumerOptions {
  readonly database: Database;
  readonly log: Log;
  /** consumer group */
  readonly group?: string;
  readonly limits?: Partial<Limits>;
}

export const LIMITS: Limits = { gapKeys: 100, poisonKeys: 50 };

/** What a consumer does with events, and the schema it keeps. */
export interface Work {
  readonly projection: Projection;
  /** this consumer's word in the processing log */
  readonly hop: 'projected' | 'reacted';
  readonly effects: Effects;
  /** whether batches of different partitions may share a transaction */
  readonly grouped: boolean;
}

/**
 * Takes batches of the log into one schema of one database: what a projection and a reactor have in common.
 *
 * Guarantees:
 * - position, effects, parked events and processing log of a batch commit together or not at all
 * - an owner whose position was moved by another, or whose build is not live any more, writes nothing (I5)
 * - accepted = applied + parked + duplicates at any position vector (I6)
 * - errors of the infrastructure are thrown to the log, which waits and delivers again; they never park
 */
export class Consumer {
  readonly applier: Applier;
  /** events that could not be applied, and what waits behind them */
  readonly parked: ParkedEvents;
  readonly #options: ConsumerOptions;
  readonly #work: Work;
  readonly #waiting: Waiting;
  readonly #groups: Groups;
  #live: Build | null = null;
  /** by partition: the log was seen to fill the gaps before this offset */
  readonly #filled = new Map<string, bigint>();

  constructor(options: ConsumerOptions, work: Work) {
    const { database } = options;
    const { name } = work.projection;
    this.#options = options;
    this.#work = work;
    this.applier = new Applier(name, work.hop, work.effects);
    const live = () => this.live();
    this.parked = new ParkedEvents(options, name, this.applier, live);
    this.#waiting = new Waiting(database, name, live);
    this.#groups = new Groups({
      together: (batches) => this.#applyTogether(batches),
      alone: (batch) => this.#applyAlone(batch),
    });
  }

  /**
   * Makes what is missing: the first build, position rows of new partitions; and applies what only an older program
   * could not read. Safe to repeat.
   */
  async prepare(): Promise<void> {
    const { database, log } = this.#options;
    const { projection } = this.#work;
    await migrateBuilds(database);
    const schema = await database.transaction(async (tx) => {
      await holdBuilds(tx, projection.name);
      const existing = await builds(tx, projection.name);
      const live =
        existing.find(({ state }) => state === 'live') ?? (await createBuild(tx, projection, 'live'));
      if (live.version !== projection.version) return null;
      await enter(tx, live.schema);
      await addLaterTables(tx);
      await addPositions(tx, log, projection.topics);
      await this.onPrepare(tx, live);
      return live.schema;
    });
    await this.#waiting.start();
    if (schema !== null) await readAgain(database, schema, this.parked);
  }

  /** More to prepare, in the same transaction, once the live build is of this program's version. */
  protected async onPrepare(_tx: Transaction, _live: Build): Promise<void> {}

  /** The build that is written to now. @throws VersionNotLive */
  async live(): Promise<Fence & Build> {
    const { database } = this.#options;
    const { projection } = this.#work;
    this.#live = await liveBuild(database, projection.name, projection.version);
    return { ...this.#live, states: ['live'] };
  }

  /** What the log starts from; read anew, since another process may have moved it. */
  async position(topic: string, partition: number): Promise<Position> {
    const { schema } = await this.live();
    return within(this.#options.database, schema, (tx) => position(tx, topic, partition));
  }

  /**
   * Applies one batch of one partition, in a transaction of its own or with what other partitions bring at the same time.
   * @returns the position stored
   * @throws StaleOwner (nothing was written), PartitionHalted (limits), errors of the infrastructure
   */
  applyBatch(batch: Batch): Promise<Position> {
    return this.#work.grouped ? this.#groups.add(batch) : this.#applyAlone(batch);
  }

  async #applyTogether(batches: readonly Batch[]): Promise<ReadonlyMap<Batch, Position>> {
    const build = this.#live ?? (await this.live());
    const limits = { ...LIMITS, ...this.#options.limits };
    return this.#options.database.transaction((tx) =>
      this.applier.applyFree(tx, { ...build, states: ['live'] }, batches, limits),
    );
  }

  async #applyAlone(batch: Batch): Promise<Position> {
    const { database } = this.#options;
    const build = this.#live ?? (await this.live());
    try {
      return await database.transaction((tx) =>
        this.applier.apply(tx, { ...build, states: ['live'] }, batch, this.#limitsOf(batch)),
      );
    } catch (error) {
      if (error instanceof StaleOwner) this.#live = null;
      if (error instanceof TooManyGaps && (await this.#areFilled(batch, error)))
        return this.#applyAlone(batch);
      throw error;
    }
  }

  #limitsOf({ topic, partition, records }: Batch): Limits {
    const limits = { ...LIMITS, ...this.#options.limits };
    const filled = this.#filled.get(`${topic}/${partition}`) ?? 0n;
    return (records[0]?.offset ?? 0n) < filled ? { ...limits, gapKeys: Infinity } : limits;
  }

  async #areFilled(batch: Batch, { missing }: TooManyGaps): Promise<boolean> {
    const { log, limits } = this.#options;
    const filled = await filledUpTo(log, batch, missing, limits?.gapKeys ?? LIMITS.gapKeys);
    if (filled !== null) this.#filled.set(`${batch.topic}/${batch.partition}`, filled);
    return filled !== null;
  }

  /** Applies everything up to the high marks of now, without a subscription. @returns records taken in */
  async runOnce(batchSize = 1000): Promise<number> {
    const { log } = this.#options;
    const { projection } = this.#work;
    let taken = 0;
    for (const topic of projection.topics) {
      for (const { partition, high } of await log.marks(topic)) {
        const { next } = await this.position(topic, partition);
        if (next >= high) continue;
        for await (const batch of log.read({ topic, partition, from: next, to: high, batchSize })) {
          await this.applyBatch(batch);
          taken += batch.records.length;
        }
      }
    }
    return taken;
  }

  /** To be handed to `Log.subscribe`. */
  subscription(halted?: Subscription['halted']): Subscription {
    const { group } = this.#options;
    const { projection, hop } = this.#work;
    return {
      group: group ?? `${hop}.${projection.name}`,
      topics: projection.topics,
      position: (topic, partition) => this.position(topic, partition),
      handle: (batch) => this.applyBatch(batch),
      ...(halted ? { halted } : {}),
    };
  }

  /**
   * Waits until what a token names has its effect: `p.<topic>.<partition>.<offset>` or `e.<event id>`.
   * @returns at the latest after `timeoutMs`
   */
  waitFor(token: string, timeoutMs: number): Promise<Reached> {
    return this.#waiting.waitFor(token, timeoutMs);
  }

  async lag(): Promise<PartitionLag[]> {
    const { database, log } = this.#options;
    return lag(database, log, await this.live(), this.#work.projection.topics);
  }

  async accounting(): Promise<PartitionAccount[]> {
    return accounting(this.#options.database, await this.live());
  }

  /** Batches before the positions that cannot be decoded, none of whose records was applied. */
  async unreadable(): Promise<Unreadable[]> {
    return within(this.#options.database, (await this.live()).schema, unreadables);
  }

  /** Forgets rows of the processing log older than `days`. @returns how many; to be called once a day or so */
  async trimProcessingLog(days = 30): Promise<number> {
    const { rowCount } = await this.#options.database.query(trimLog, [this.#work.projection.name, days]);
    return rowCount;
  }

  async close(): Promise<void> {
    await this.#waiting.stop();
  }
}
