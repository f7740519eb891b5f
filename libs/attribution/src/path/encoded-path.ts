import { AttributionError } from '../attribution.error.ts';
import type { Amounts } from './cells.ts';
import { LONGEST_PATH } from './path-row.ts';

/** A path row with channels as numbers. One object is used again and again: a counter keeps nothing of it. */
export interface EncodedPath extends Amounts {
  /** channel numbers, oldest first; only the first `length` count */
  ids: Int32Array;
  length: number;
  /** the channels on it, each once, by number; only the first `size` count */
  distinct: Int32Array;
  size: number;
  /** how often a channel is on it; of the channels in `distinct` only */
  repeats: Int32Array;
}

/** Numbers channels as they come; what is read is sorted by name, so that the numbers never show. */
export class PathEncoder {
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #path: EncodedPath = {
    ids: new Int32Array(64),
    length: 0,
    distinct: new Int32Array(64),
    size: 0,
    repeats: new Int32Array(64),
    conversions: 0,
    losses: 0,
    low: 0,
    high: 0,
  };

  /** @returns the path without amounts, good until the next call */
  encode(channels: readonly string[]): EncodedPath {
    const path = this.#path;
    for (let at = 0; at < path.size; at++) path.repeats[path.distinct[at] as number] = 0;
    path.length = channels.length;
    path.size = 0;
    if (path.ids.length < channels.length) {
      path.ids = new Int32Array(channels.length * 2);
      path.distinct = new Int32Array(channels.length * 2);
    }
    for (let at = 0; at < channels.length; at++) {
      const id = this.#numberOf(channels[at] as string);
      path.ids[at] = id;
      const count = path.repeats[id] as number;
      if (count === 0) this.#insert(id);
      path.repeats[id] = count + 1;
    }
    return path;
  }

  #insert(id: number): void {
    const { distinct } = this.#path;
    let at = this.#path.size;
    for (; at > 0 && (distinct[at - 1] as number) > id; at--) distinct[at] = distinct[at - 1] as number;
    distinct[at] = id;
    this.#path.size += 1;
  }

  #numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const id = this.names.length;
    if (id > LONGEST_PATH)
      throw new AttributionError(
        'bad-row',
        'channels',
        `There are more than ${LONGEST_PATH + 1} channels.`,
        'Group the rare ones.',
      );
    this.names.push(name);
    this.#numbers.set(name, id);
    if (id >= this.#path.repeats.length) {
      const repeats = new Int32Array(id * 2);
      repeats.set(this.#path.repeats);
      this.#path.repeats = repeats;
    }
    return id;
  }
}
