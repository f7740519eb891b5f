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

/** Doubles of a cell: conversions, losses, and the value's low and high part. */
const WIDTH = 4;
const LOSSES = 1;
const LOW = 2;
const HIGH = 3;

/**
 * Sums of path rows by key. Every sum is exact, so the cells do not depend on the order in which rows came, and a row
 * that was added and subtracted leaves no trace but an empty cell, which reads as if it were not there.
 * A cell takes 48 to 96 bytes.
 */
export class Cells {
  readonly keys = new KeyIndex();
  /** whether more was taken from a cell than was in it; whoever puts it back says so */
  overdrawn = false;
  #sums = new Float64Array(16 * WIDTH);

  /** @returns the number of the cell */
  add(key: number, amounts: Amounts): number {
    const cell = this.keys.numberOf(key);
    const at = cell * WIDTH;
    if (at === this.#sums.length) this.#grow();
    const sums = this.#sums;
    const conversions = (sums[at] as number) + amounts.conversions;
    const losses = (sums[at + LOSSES] as number) + amounts.losses;
    let low = (sums[at + LOW] as number) + amounts.low;
    let high = (sums[at + HIGH] as number) + amounts.high;
    if (low >= BASE) {
      low -= BASE;
      high += 1;
    } else if (low < 0) {
      low += BASE;
      high -= 1;
    }
    sums[at] = conversions;
    sums[at + LOSSES] = losses;
    sums[at + LOW] = low;
    sums[at + HIGH] = high;
    if (conversions < 0 || losses < 0 || high < 0) this.overdrawn = true;
    return cell;
  }

  conversions(cell: number): number {
    return this.#sums[cell * WIDTH] ?? 0;
  }

  losses(cell: number): number {
    return this.#sums[cell * WIDTH + LOSSES] ?? 0;
  }

  value(cell: number): bigint {
    const at = cell * WIDTH;
    return (BigInt(this.#sums[at + HIGH] ?? 0) << BASE_BITS) + BigInt(this.#sums[at + LOW] ?? 0);
  }

  isEmpty(cell: number): boolean {
    const at = cell * WIDTH;
    const sums = this.#sums;
    return sums[at] === 0 && sums[at + LOSSES] === 0 && sums[at + LOW] === 0 && sums[at + HIGH] === 0;
  }

  /** Numbers of the cells that hold something, in no order that means anything. */
  filled(): number[] {
    const filled: number[] = [];
    for (let cell = 0; cell < this.keys.size; cell++) if (!this.isEmpty(cell)) filled.push(cell);
    return filled;
  }

  #grow(): void {
    const grown = new Float64Array(this.#sums.length * 2);
    grown.set(this.#sums);
    this.#sums = grown;
  }
}
