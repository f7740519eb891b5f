import type { Batch, LogRecord, Position } from '@throughline/log';
import { loadSql, type Queryable, type Transaction } from '@throughline/postgres';
import type { Effects } from './effects.ts';
import { Inbox, type Discards, type Limits } from './inbox.ts';
import { nameIn, placeOf } from './item.ts';
import { writePassed } from './passed.ts';
import { compareAndSet, compareAndSetFree, enter, lock, type Fence } from './positions.ts';

const findDiscards = loadSql(import.meta.url, './sql/find-discards.sql');
const logProcessing = loadSql(import.meta.url, './sql/log-processing.sql');

/** The channel on which an applied batch wakes those who wait; the payload is the consumer's name. */
export const APPLIED = 'throughline_applied';
/** Longest that a group waits for a lock, such as that of the identity, before its batches go alone. */
const GROUP_LOCK_WAIT_MS = 1_000;
const NO_LIMITS: Limits = { gapKeys: Infinity, poisonKeys: Infinity };

/** Applies batches to one build of one consumer, each in the caller's transaction. */
export class Applier {
  readonly #name: string;
  readonly #hop: string;
  readonly #effects: Effects;

  constructor(name: string, hop: string, effects: Effects) {
    this.#name = name;
    this.#hop = hop;
    this.#effects = effects;
  }

  /**
   * The live way: position first, then rows, processing log and a wake-up.
   * @throws StaleOwner, PartitionHalted; errors of the infrastructure
   */
  async apply(tx: Transaction, fence: Fence, batch: Batch, limits: Limits): Promise<Position> {
    await enter(tx, fence.schema);
    const moved = await compareAndSet(tx, fence, batch);
    await this.#take(tx, [batch], { limits, mends: true });
    return moved;
  }

  /**
   * The live way for batches of different partitions: those whose position nobody else holds or has moved.
   * @returns the positions of those applied
   * @throws what `apply` throws, and what it would mend, without telling for which batch; 55P03 rather than wait for a
   *   lock for long
   */
  async applyFree(
    tx: Transaction,
    fence: Fence,
    batches: readonly Batch[],
    limits: Limits,
  ): Promise<ReadonlyMap<Batch, Position>> {
    await enter(tx, fence.schema, GROUP_LOCK_WAIT_MS);
    const moved = await compareAndSetFree(tx, fence, batches);
    if (moved.size > 0) await this.#take(tx, [...moved.keys()], { limits, mends: false });
    return moved;
  }

  /** The way of a rebuild: no limits, since what is parked was judged when it was live, and no processing log. */
  async replay(tx: Transaction, fence: Fence, batch: Batch, discards: Discards): Promise<Position> {
    await enter(tx, fence.schema);
    const moved = await compareAndSet(tx, fence, batch);
    await writePassed(tx, batch, discards);
    await new Inbox(this.#effects, NO_LIMITS).take(tx, batch.records, discards);
    return moved;
  }

  /** Tries parked events of a key again, under the partition's position row. @returns ids applied */
  async drain(tx: Transaction, fence: Fence, at: KeyOfPartition): Promise<string[]> {
    await enter(tx, fence.schema);
    await lock(tx, fence, at.topic, at.partition);
    const applied = await new Inbox(this.#effects, NO_LIMITS).drain(
      tx,
      at.topic,
      at.key,
      await this.#discards(tx),
    );
    await this.#tell(tx, applied);
    return applied;
  }

  /** The same for a build that is not live, as of these discards: nobody waits for it and nothing is logged. */
  async redrain(tx: Transaction, fence: Fence, at: KeyOfPartition, discards: Discards): Promise<void> {
    await enter(tx, fence.schema);
    await lock(tx, fence, at.topic, at.partition);
    await new Inbox(this.#effects, NO_LIMITS).drain(tx, at.topic, at.key, discards);
  }

  /** Takes records that a load set aside; its position is past them already. */
  async retake(tx: Transaction, records: readonly LogRecord[], discards: Discards): Promise<void> {
    await new Inbox(this.#effects, NO_LIMITS).take(tx, records, discards);
  }

  async #take(
    tx: Transaction,
    batches: readonly Batch[],
    { limits, mends }: { readonly limits: Limits; readonly mends: boolean },
  ): Promise<void> {
    const discards = await this.#discards(tx);
    const inbox = new Inbox(this.#effects, limits, mends);
    const applied: string[] = [];
    for (const batch of batches) await writePassed(tx, batch, discards);
    for (const [, of] of Map.groupBy(batches, ({ topic }) => topic)) {
      const records = of.flatMap((batch) => batch.records);
      applied.push(...(await inbox.take(tx, records, discards)));
    }
    await this.#tell(tx, applied);
  }

  async #discards(tx: Queryable): Promise<Discards> {
    return readDiscards(tx, this.#name);
  }

  async #tell(tx: Transaction, applied: readonly string[]): Promise<void> {
    await tx.query(logProcessing, [this.#name, applied, this.#hop, APPLIED]);
  }
}

export interface KeyOfPartition {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
}

export async function readDiscards(db: Queryable, name: string): Promise<Discards> {
  const { rows } = await db.query<{
    topic: string;
    partition: number;
    offset: string;
    event_id: string | null;
  }>(findDiscards, [name]);
  return new Set(
    rows.flatMap(({ topic, partition, offset, event_id }) => [
      placeOf({ topic, partition, offset: BigInt(offset) }),
      ...(event_id === null ? [] : [nameIn(topic, event_id)]),
    ]),
  );
}
