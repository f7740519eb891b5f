import type { Batch, Log, Position, Subscription } from '@throughline/log';
import type { Database } from '@throughline/postgres';
import { accounting, type PartitionAccount } from './accounting.ts';
import { Applier } from './applier.ts';
import {
  addPositions,
  builds,
  createBuild,
  holdBuilds,
  liveBuild,
  migrateBuilds,
  type Build,
} from './builds.ts';
import { foldInto } from './fold.ts';
import type { Limits } from './inbox.ts';
import { lag, type PartitionLag } from './lag.ts';
import { ParkedEvents } from './parked.ts';
import { position, StaleOwner, within, type Fence } from './positions.ts';
import type { Projection } from './projection.ts';
import { createViews, type StableViews } from './stable-views.ts';
import { Waiting, type Reached } from './waiting.ts';

export interface RunnerOptions {
  readonly database: Database;
  readonly log: Log;
  readonly projection: Projection;
  /** consumer group, `projection.<name>` unless told */
  readonly group?: string;
  /** what readers query; re-created over the new build in the transaction of a switch */
  readonly views?: readonly StableViews[];
  readonly limits?: Partial<Limits>;
}

export const LIMITS: Limits = { gapKeys: 100, poisonKeys: 50 };

/**
 * Runs one projection live.
 *
 * Guarantees:
 * - position, rows, parked events and processing log of a batch commit together or not at all
 * - an owner whose position was moved by another, or whose build is not live any more, writes nothing (I5)
 * - accepted = applied + parked + duplicates at any position vector (I6)
 * - errors of the infrastructure are thrown to the log, which waits and delivers again; they never park
 */
export class ProjectionRunner {
  readonly options: RunnerOptions;
  readonly applier: Applier;
  /** events that could not be applied, and what waits behind them */
  readonly parked: ParkedEvents;
  readonly #waiting: Waiting;
  #live: Build | null = null;

  constructor(options: RunnerOptions) {
    const { database, projection } = options;
    this.options = options;
    this.applier = new Applier(projection.name, 'projected', foldInto(projection));
    const live = () => this.live();
    this.parked = new ParkedEvents(database, projection.name, this.applier, live);
    this.#waiting = new Waiting(database, projection.name, live);
  }

  /** Makes what is missing: the first build, position rows of new partitions, the stable views. Safe to repeat. */
  async prepare(): Promise<void> {
    const { database, log, projection, views } = this.options;
    await migrateBuilds(database);
    await database.transaction(async (tx) => {
      await holdBuilds(tx, projection.name);
      const existing = await builds(tx, projection.name);
      let live = existing.find(({ state }) => state === 'live');
      live ??= await createBuild(tx, projection, 'live');
      // a newer program leaves the views to its rebuild: they are of the version that is live
      if (live.version === projection.version) await createViews(tx, live.schema, views ?? []);
    });
    const live = await this.live().catch(() => null);
    if (live) await within(database, live.schema, (tx) => addPositions(tx, log, projection.topics));
    await this.#waiting.start();
  }

  /** The build that is written to now. @throws VersionNotLive */
  async live(): Promise<Fence & Build> {
    const { database, projection } = this.options;
    this.#live = await liveBuild(database, projection.name, projection.version);
    return { ...this.#live, states: ['live'] };
  }

  /** What the log starts from; read anew, since another process may have moved it. */
  async position(topic: string, partition: number): Promise<Position> {
    const { schema } = await this.live();
    return within(this.options.database, schema, (tx) => position(tx, topic, partition));
  }

  /**
   * Applies one batch of one partition in one transaction.
   * @returns the position stored
   * @throws StaleOwner (nothing was written), PartitionHalted (limits), errors of the infrastructure
   */
  async applyBatch(batch: Batch): Promise<Position> {
    const { database, limits } = this.options;
    const build = this.#live ?? (await this.live());
    try {
      return await database.transaction((tx) =>
        this.applier.apply(tx, { ...build, states: ['live'] }, batch, { ...LIMITS, ...limits }),
      );
    } catch (error) {
      if (error instanceof StaleOwner) this.#live = null;
      throw error;
    }
  }

  /** Applies everything up to the high marks of now, without a subscription. @returns records taken in */
  async runOnce(batchSize = 1000): Promise<number> {
    const { log, projection } = this.options;
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
    const { projection, group } = this.options;
    return {
      group: group ?? `projection.${projection.name}`,
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
    const { database, log, projection } = this.options;
    return lag(database, log, await this.live(), projection.topics);
  }

  async accounting(): Promise<PartitionAccount[]> {
    return accounting(this.options.database, await this.live());
  }

  async close(): Promise<void> {
    await this.#waiting.stop();
  }
}
