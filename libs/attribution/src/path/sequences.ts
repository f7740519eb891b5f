import { KeyIndex } from './key-index.ts';

const WIDE = 65_536;

/** Numbers sequences of channel numbers, as nodes of a tree: what begins alike is kept once, 12 to 24 bytes a node. */
export class Sequences {
  readonly #branches = new KeyIndex();

  /** @param length how many of the ids count */
  numberOf(ids: Int32Array, length: number): number {
    let node = 0;
    for (let at = 0; at < length; at++) node = this.#branches.numberOf(node * WIDE + (ids[at] as number)) + 1;
    return node;
  }

  /** The sequence of a number. */
  idsOf(node: number): number[] {
    const ids: number[] = [];
    for (let at = node; at > 0;) {
      const key = this.#branches.keyAt(at - 1);
      ids.push(key % WIDE);
      at = Math.floor(key / WIDE);
    }
    return ids.reverse();
  }
}
