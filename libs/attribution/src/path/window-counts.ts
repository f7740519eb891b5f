import { Cells } from './cells.ts';
import type { EncodedPath } from './encoded-path.ts';

const WIDE = 65_536;
const NOTHING = { conversions: 0, losses: 0, low: 0, high: 0 };
const ROOT = 0;

/** A step that paths take, to a window from the one before it; from null where a path reaches its first window. */
export interface Step {
  readonly from: number | null;
  readonly to: number;
  readonly conversions: number;
  readonly losses: number;
}

/** Where paths end: a window, or for a path shorter than the order all that there is of it. */
export interface End {
  readonly window: number;
  readonly conversions: number;
  readonly losses: number;
  readonly value: bigint;
}

/**
 * Steps between windows of the last k channels, and what happens at a path's last window. Windows are nodes of a tree
 * of prefixes; a path walks down from its root and then, k touches deep, from window to window. One look-up a touch.
 * A step takes 48 to 110 bytes.
 */
export class WindowCounts {
  readonly #steps = new Cells();
  readonly #ends = new Cells();
  /** where the step of that cell leads */
  readonly #targets: number[] = [];
  readonly #depths: number[] = [0];
  /** by node, the one above it and the channel that leads down: an order costs nothing where paths are short */
  readonly #parents: number[] = [ROOT];
  readonly #channels: number[] = [0];

  constructor(readonly order: number) {}

  get cells(): readonly Cells[] {
    return [this.#steps, this.#ends];
  }

  count(path: EncodedPath): void {
    if (path.length === 0) return;
    let node = ROOT;
    for (let at = 0; at < path.length; at++) node = this.#step(node, path.ids[at] as number, path);
    this.#ends.add(node, path);
  }

  /** Every window is a number under this. */
  get size(): number {
    return this.#depths.length;
  }

  /** How many channels a window has: the order, or fewer where a path is shorter. */
  lengthOf(window: number): number {
    return this.#depths[window] ?? 0;
  }

  /** Channel numbers of a window, oldest first. */
  channelsOf(window: number): Int32Array {
    const channels = new Int32Array(this.#depths[window] ?? 0);
    let node = window;
    for (let at = channels.length - 1; at >= 0; at--) {
      channels[at] = this.#channels[node] as number;
      node = this.#parents[node] as number;
    }
    return channels;
  }

  steps(): Step[] {
    const steps: Step[] = [];
    for (const cell of this.#steps.filled()) {
      const node = Math.floor(this.#steps.keys.keyAt(cell) / WIDE);
      const depth = this.#depths[node] as number;
      if (depth < this.order - 1) continue;
      steps.push({
        from: depth === this.order ? node : null,
        to: this.#targets[cell] as number,
        conversions: this.#steps.conversions(cell),
        losses: this.#steps.losses(cell),
      });
    }
    return steps;
  }

  ends(): End[] {
    return this.#ends.filled().map((cell) => ({
      window: this.#ends.keys.keyAt(cell),
      conversions: this.#ends.conversions(cell),
      losses: this.#ends.losses(cell),
      value: this.#ends.value(cell),
    }));
  }

  #step(node: number, channel: number, amounts: typeof NOTHING): number {
    const cell = this.#steps.add(node * WIDE + channel, amounts);
    return this.#targets[cell] ?? this.#lead(cell, node, channel);
  }

  /** Where a step that was not taken before leads. */
  #lead(cell: number, node: number, channel: number): number {
    const depth = this.#depths[node] as number;
    if (depth < this.order) {
      const child = this.#node(node, channel);
      this.#targets[cell] = child;
      return child;
    }
    let target = ROOT;
    const window = [...this.channelsOf(node).subarray(1), channel];
    for (const each of window) target = this.#step(target, each, NOTHING);
    this.#targets[cell] = target;
    return target;
  }

  #node(parent: number, channel: number): number {
    const node = this.#depths.length;
    this.#depths.push((this.#depths[parent] as number) + 1);
    this.#parents.push(parent);
    this.#channels.push(channel);
    return node;
  }
}
