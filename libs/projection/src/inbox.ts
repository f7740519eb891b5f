import { isInfrastructure, loadSql, type Transaction } from '@throughline/postgres';
import { PartitionHalted } from '@throughline/log';
import { copyAll } from './copy-all.ts';
import type { Effects } from './effects.ts';
import { EntryTaken, writeEntries } from './entries.ts';
import { TooManyGaps, type Missing } from './gaps.ts';
import { decode, faultOf, isRead, placeOf, type Fault, type Item } from './item.ts';
import { lookUp, moveHeads } from './lookup.ts';
import { PARKED, parkedLine, unpack, type PackedRow } from './parked-record.ts';
import { sequence, type Outcome } from './sequence.ts';

const addRepeats = loadSql(import.meta.url, './sql/add-repeats.sql');
const takeParked = loadSql(import.meta.url, './sql/take-parked.sql');
const findGaps = loadSql(import.meta.url, './sql/find-gaps.sql');

export interface Limits {
  /** keys of a partition that may wait for a version before it halts, 100 unless told */
  readonly gapKeys: number;
  /**
   * keys of one batch whose events may turn out poison before it halts, 50 unless told: that many mean a fault here. What
   * cannot be read is not counted, or whoever writes nonsense would halt a partition.
   */
  readonly poisonKeys: number;
}

/** Decisions of operators, by `placeOf` and `nameIn`, read anew for every transaction. */
export type Discards = ReadonlySet<string>;

/** Each race shows an entry that the next reading sees; more in a row are thrown to the log, which tries again. */
const MOST_RACES = 10;

/**
 * Takes records in, once each, inside the caller's transaction that holds the partition's position row.
 *
 * Guarantees:
 * - every record ends as exactly one of entry, repeat, parked (I6)
 * - a stream's versions are applied 1..N; what comes early waits under its key (I3)
 * - an event that cannot be applied is parked with what comes behind it, its key only (I7); errors of the
 *   infrastructure are thrown
 * - the cut of batches leaves no trace
 */
export class Inbox {
  readonly #effects: Effects;
  readonly #limits: Limits;
  readonly #mends: boolean;

  /** @param mends whether a fault at writing is looked for and parked here; else it is thrown, for who can go back further */
  constructor(effects: Effects, limits: Limits, mends = true) {
    this.#effects = effects;
    this.#limits = limits;
    this.#mends = mends;
  }

  /**
   * Takes the records of one topic: a batch of a partition, or one of each of several.
   * @returns ids of the events applied
   * @throws PartitionHalted when more keys than the limits allow would be parked
   */
  async take(tx: Transaction, records: readonly Item['record'][], discards: Discards): Promise<string[]> {
    const work = new Work(tx, { effects: this.#effects, mends: this.#mends }, discards);
    await work.settle(records.map(decode));
    this.#checkPoison(work, records[0]);
    if (!work.gaps) return work.applied;
    const partitions = new Set(records.map(({ partition }) => partition));
    for (const partition of partitions) await this.#checkGaps(tx, records[0]?.topic ?? '', partition);
    return work.applied;
  }

  /** Tries what is parked under a key again, in order, as far as it goes. @returns ids of the events applied */
  async drain(tx: Transaction, topic: string, key: string, discards: Discards): Promise<string[]> {
    const work = new Work(tx, { effects: this.#effects, mends: this.#mends }, discards);
    await work.drain(topic, key);
    return work.applied;
  }

  #checkPoison(work: Work, record: Item['record'] | undefined): void {
    if (!record || work.poisonKeys.size <= this.#limits.poisonKeys) return;
    const [example] = work.poisonKeys.values();
    throw new PartitionHalted(
      `${work.poisonKeys.size} keys of one batch of ${record.topic}/${record.partition} cannot be applied ` +
        `(limit ${this.#limits.poisonKeys}): ${example?.reason}. Mend the cause, then start again`,
    );
  }

  async #checkGaps(tx: Transaction, topic: string, partition: number): Promise<void> {
    const { rows } = await tx.query<Missing>(findGaps, [topic, partition]);
    if (rows.length <= this.#limits.gapKeys) return;
    throw new TooManyGaps(
      `${rows.length} keys of ${topic}/${partition} wait for a missing version ` +
        `(limit ${this.#limits.gapKeys}): the log lost events; reemit the streams, and it goes on by itself`,
      rows,
    );
  }
}

/** One call's work: what it found out on the way. */
class Work {
  readonly applied: string[] = [];
  readonly poisonKeys = new Map<string, Fault>();
  gaps = false;
  #races = 0;
  readonly #tx: Transaction;
  readonly #effects: Effects;
  readonly #mends: boolean;
  readonly #discards: Discards;
  readonly #faults = new Map<string, Fault>();

  constructor(
    tx: Transaction,
    how: { readonly effects: Effects; readonly mends: boolean },
    discards: Discards,
  ) {
    this.#tx = tx;
    this.#effects = how.effects;
    this.#mends = how.mends;
    this.#discards = discards;
  }

  async settle(items: readonly Item[]): Promise<void> {
    if (items.length === 0) return;
    const opened = new Set<string>();
    const deferred: Item[] = [];
    await this.#apply(items, opened, deferred);
    for (const key of opened) {
      const topic = items[0]?.record.topic ?? '';
      await this.drain(topic, key);
      await this.settle(deferred.filter((item) => item.key === key));
    }
  }

  async drain(topic: string, key: string): Promise<void> {
    const { rows } = await this.#tx.query<PackedRow>(takeParked, [topic, key]);
    await this.settle(rows.map((row) => decode(unpack(row))));
  }

  /** A fault at writing does not tell whose it is: halves are tried until it is one event's. */
  async #apply(items: readonly Item[], opened: Set<string>, deferred: Item[]): Promise<void> {
    if (!this.#mends) return this.#learn(await this.#attempt(items, opened), opened, deferred);
    await this.#tx.query('savepoint attempt');
    try {
      const outcome = await this.#attempt(items, opened);
      await this.#tx.query('release savepoint attempt');
      this.#learn(outcome, opened, deferred);
      return;
    } catch (error) {
      const raced = error instanceof EntryTaken && this.#races < MOST_RACES;
      if (raced) this.#races += 1;
      else if (isInfrastructure(error) || !this.#effects.isFaultOfEvent(error)) throw error;
      await this.#tx.query('rollback to savepoint attempt');
      await this.#tx.query('release savepoint attempt');
      const [only] = items;
      if (only && items.length === 1 && !raced) {
        if (this.#faults.has(placeOf(only.record))) throw error;
        this.#faults.set(placeOf(only.record), faultOf(error, 'refused-by-database'));
      }
    }
    const half = Math.ceil(items.length / 2);
    await this.#apply(items.slice(0, half), opened, deferred);
    if (half < items.length) await this.#apply(items.slice(half), opened, deferred);
  }

  async #attempt(items: readonly Item[], opened: ReadonlySet<string>): Promise<Outcome> {
    const known = await lookUp(this.#tx, items, this.#discards);
    const fresh = items.filter(isRead).filter(({ read }) => !known.seen.has(read.event.id));
    const attempt = await this.#effects.begin(
      this.#tx,
      fresh.map(({ read }) => read.event),
    );
    const outcome = sequence(
      items,
      known,
      opened,
      (item) => this.#faults.get(placeOf(item.record)) ?? attempt.take(item),
    );
    await this.#write(outcome, items[0]?.record.topic ?? '');
    await attempt.write();
    return outcome;
  }

  async #write(outcome: Outcome, topic: string): Promise<void> {
    const { applied, repeats, parked, heads } = outcome;
    if (applied.length > 0) await writeEntries(this.#tx, applied);
    if (repeats.length > 0) {
      const rows = repeats.map(({ item: { record, read }, standing, conflict }) => ({
        topic: record.topic,
        partition: record.partition,
        offset: record.offset.toString(),
        event_id: read.event.id,
        standing,
        payload_hash: read.hash,
        conflict,
      }));
      await this.#tx.query(addRepeats, [JSON.stringify(rows)]);
    }
    if (parked.length > 0) await copyAll(this.#tx, [{ into: PARKED, lines: parked.map(parkedLine) }]);
    if (heads.size > 0) await moveHeads(this.#tx, topic, heads);
  }

  #learn(outcome: Outcome, opened: Set<string>, deferred: Item[]): void {
    for (const { read } of outcome.applied) this.applied.push(read.event.id);
    for (const { item, state, fault } of outcome.parked) {
      if (state === 'poison' && isRead(item)) this.poisonKeys.set(item.key, fault);
      if (state === 'gap') this.gaps = true;
    }
    for (const key of outcome.opened) opened.add(key);
    deferred.push(...outcome.deferred);
  }
}
