import type { Batch } from '@throughline/log';
import type { Transaction } from '@throughline/postgres';
import { copyInto, encoderOf, type Copied } from './copy.ts';
import { isDataError, type Effects } from './effects.ts';
import { ENTRY, entryLine } from './entries.ts';
import type { Discards } from './inbox.ts';
import { decode, isRead, nameIn, placeOf, type Item, type ReadItem } from './item.ts';
import { headsOf, moveHeads } from './lookup.ts';
import { pack } from './parked-record.ts';
import { writePassed } from './passed.ts';
import { compareAndSet, enter, type Fence } from './positions.ts';
import { SeenFilter } from './seen-filter.ts';

const SET_ASIDE: Copied = {
  table: 'set_aside',
  columns: { topic: 'text', partition: 'int', offset: 'bigint', record: 'bytea' },
};
const encodeAside = encoderOf(SET_ASIDE);

/**
 * Fills a build that has no keys yet with what needs no decision, and sets the rest aside for the inbox.
 *
 * An event is taken here only if nothing came before it under its key that was not taken here, its id was never seen,
 * it is the next version of its stream, nobody discarded it, and the projectors take it. Everything else is set aside,
 * and with it all that follows under its key; the filter may set aside too much, never too little. So the inbox meets
 * each key's rest in the order of the log, behind what was taken: another interleaving of keys, which leaves no trace
 * (I4). An id that comes twice is found when the key of `entry` is made, if by nothing else.
 */
export class Loader {
  readonly #effects: Effects;
  readonly #fence: Fence;
  readonly #discards: Discards;
  /** event ids, and keys of which something was set aside */
  readonly #seen: SeenFilter;

  constructor(effects: Effects, fence: Fence, discards: Discards, events: number) {
    this.#effects = effects;
    this.#fence = fence;
    this.#discards = discards;
    this.#seen = new SeenFilter(events);
  }

  /** Takes one batch in, in one transaction that moves the position (I5). @throws StaleOwner */
  async load(run: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>, batch: Batch): Promise<void> {
    const items = batch.records.map(decode);
    const known = items.map((item) => isRead(item) && this.#seen.add(item.read.event.id));
    const fresh = items.filter((item, at): item is ReadItem => isRead(item) && known[at] === false);
    try {
      await run((tx) => this.#take(tx, batch, items, new Set(fresh)));
    } catch (error) {
      if (!isDataError(error)) throw error;
      await run((tx) => this.#take(tx, batch, items, new Set()));
    }
  }

  async #take(
    tx: Transaction,
    batch: Batch,
    items: readonly Item[],
    fresh: ReadonlySet<Item>,
  ): Promise<void> {
    await enter(tx, this.#fence.schema);
    await compareAndSet(tx, this.#fence, batch);
    await writePassed(tx, batch, this.#discards);
    const { topic } = batch;
    const taken: ReadItem[] = [];
    const aside: Item[] = [];
    const moved = new Map<string, number>();
    const streams = new Set(
      items.flatMap((item) => (isRead(item) ? (item.read.event.stream?.id ?? []) : [])),
    );
    const heads = await headsOf(tx, topic, streams);
    const attempt = await this.#effects.begin(
      tx,
      [...fresh].flatMap((item) => (isRead(item) ? item.read.event : [])),
    );
    for (const item of items) {
      const key = `${topic} ${item.key}`;
      if (this.#isClean(item, key, fresh, heads) && attempt.take(item) === null) {
        taken.push(item);
        const { stream } = item.read.event;
        if (stream) {
          heads.set(stream.id, stream.version);
          moved.set(stream.id, stream.version);
        }
      } else {
        aside.push(item);
        this.#seen.add(key);
      }
    }
    if (aside.length > 0) await copyInto(tx, SET_ASIDE, aside.map(asideLine));
    if (taken.length > 0) await copyInto(tx, ENTRY, taken.map(entryLine));
    if (moved.size > 0) await moveHeads(tx, topic, moved);
    await attempt.write();
  }

  #isClean(
    item: Item,
    key: string,
    fresh: ReadonlySet<Item>,
    heads: ReadonlyMap<string, number>,
  ): item is ReadItem {
    if (!isRead(item) || !fresh.has(item) || this.#seen.has(key)) return false;
    const { event } = item.read;
    if (this.#discards.has(nameIn(item.record.topic, event.id)) || this.#discards.has(placeOf(item.record)))
      return false;
    return event.stream === null || event.stream.version === (heads.get(event.stream.id) ?? 0) + 1;
  }
}

function asideLine({ record }: Item): string {
  const { topic, partition, offset } = record;
  return encodeAside({ topic, partition, offset, record: `\\x${pack(record).toString('hex')}` });
}
