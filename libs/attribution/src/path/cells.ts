import { KeyIndex } from './key-index.ts';

/** What a path row adds to a cell, or with every sign turned, takes away. */
export interface Amounts {
  conversions: number;
  losses: number;
  /** value = high × 2^40 + low; low is under 2^40 in size */
  low: number;
  high: number;
}

const BASE = 2 ** 40;
const BASE_BITS = 40n;
const MASK = (1n << BASE_BITS) - 1n;

/** Totals must stay under this for every cell to be exact. */
export const MOST = Number.MAX_SAFE_INTEGER;

/** The value in two doubles that can be added without rounding. */
export function limbs(value: bigint): { low: number; high: number } {
  return value < 0x20000000000000n
    ? { high: Math.floor(Number(value) / BASE), low: Number(value) % BASE }
    : { high: Number(value >> BASE_BITS), low: Number(value & MASK) };
}

/**
 * Sums of path rows by key. Every sum is exact, so the cells do not depend on the order in which rows came, and a row
 * that was added and subtracted leaves no trace but an empty cell, which reads as if it were not there.
 * A cell takes 44 to 100 bytes.
 */
export class Cells {
  readonly keys = new KeyIndex();
  #conversions = new Float64Array(16);
  #losses = new Float64Array(16);
  #low = new Float64Array(16);
  #high = new Float64Array(16);
  /** cells that more was taken from than was put in */
  #overdrawn = 0;

  get overdrawn(): number {
    return this.#overdrawn;
  }

  add(key: number, amounts: Amounts): number {
    const cell = this.keys.numberOf(key);
    if (cell >= this.#conversions.length) this.#grow();
    const before = this.#isOverdrawn(cell);
    this.#conversions[cell] = (this.#conversions[cell] as number) + amounts.conversions;
    this.#losses[cell] = (this.#losses[cell] as number) + amounts.losses;
    let low = (this.#low[cell] as number) + amounts.low;
    let high = (this.#high[cell] as number) + amounts.high;
    if (low >= BASE) {
      low -= BASE;
      high += 1;
    } else if (low < 0) {
      low += BASE;
      high -= 1;
    }
    this.#low[cell] = low;
    this.#high[cell] = high;
    if (before !== this.#isOverdrawn(cell)) this.#overdrawn += before ? -1 : 1;
    return cell;
  }

  conversions(cell: number): number {
    return this.#conversions[cell] ?? 0;
  }

  losses(cell: number): number {
    return this.#losses[cell] ?? 0;
  }

  value(cell: number): bigint {
    return (BigInt(this.#high[cell] ?? 0) << BASE_BITS) + BigInt(this.#low[cell] ?? 0);
  }

  isEmpty(cell: number): boolean {
    return (
      this.conversions(cell) === 0 &&
      this.losses(cell) === 0 &&
      (this.#high[cell] ?? 0) === 0 &&
      (this.#low[cell] ?? 0) === 0
    );
  }

  /** Numbers of the cells that hold something, in no order that means anything. */
  *filled(): Generator<number> {
    for (let cell = 0; cell < this.keys.size; cell++) if (!this.isEmpty(cell)) yield cell;
  }

  #isOverdrawn(cell: number): boolean {
    return (
      (this.#conversions[cell] as number) < 0 ||
      (this.#losses[cell] as number) < 0 ||
      (this.#high[cell] as number) < 0
    );
  }

  #grow(): void {
    const longer = (old: Float64Array) => {
      const grown = new Float64Array(old.length * 2);
      grown.set(old);
      return grown;
    };
    this.#conversions = longer(this.#conversions);
    this.#losses = longer(this.#losses);
    this.#low = longer(this.#low);
    this.#high = longer(this.#high);
  }
}
