import { AttributionError } from '../attribution.error.ts';
import { Cells, limbs, type Amounts } from './cells.ts';
import { PathEncoder, type EncodedPath } from './encoded-path.ts';
import { NonDirectCounts } from './non-direct-counts.ts';
import { OrderedCounts } from './ordered-counts.ts';
import { areExact, checkRow, type PathRow } from './path-row.ts';
import { PositionCounts } from './position-counts.ts';
import { DistinctCounts, SetCounts } from './set-counts.ts';
import { WindowCounts } from './window-counts.ts';

export interface CounterOptions {
  /** Markov orders to count for; 1 unless told */
  readonly orders?: readonly number[];
  /** sets of channels that last non-direct credit passes over */
  readonly exclusions?: readonly ReadonlySet<string>[];
  /** whether to count for ordered Shapley values */
  readonly ordered?: boolean;
  /** whether to count journeys by set of channels, for Shapley values of any game */
  readonly sets?: boolean;
}

export interface Totals {
  readonly conversions: number;
  readonly losses: number;
  readonly value: bigint;
}

/**
 * Everything that path models are computed from, in whole numbers.
 * - The state after any rows, added and subtracted in any order, is that of the rows that are left.
 * - A journey that came late, was corrected or is withdrawn is one subtract of its old row and one add of its new.
 * - A refused row changes nothing.
 */
export class PathCounters {
  readonly positions = new PositionCounts();
  readonly distinct = new DistinctCounts();
  readonly ordered: OrderedCounts | null;
  readonly sets: SetCounts | null;
  readonly nonDirect: readonly NonDirectCounts[];
  readonly windows: ReadonlyMap<number, WindowCounts>;
  readonly #encoder = new PathEncoder();
  readonly #lengths = new Cells();
  #totals: Totals = { conversions: 0, losses: 0, value: 0n };
  /** of all paths ever added: what the bound of exact sums is taken from */
  #longestEver = 0;

  /** @throws AttributionError where an order is not a whole number from 1 */
  constructor(options: CounterOptions = {}) {
    const { orders = [1], exclusions = [], ordered = false, sets = false } = options;
    const wrong = orders.find((order) => !Number.isSafeInteger(order) || order < 1);
    if (wrong !== undefined)
      throw new AttributionError(
        'bad-parameter',
        'order',
        `The order is ${wrong}.`,
        'Give a whole number, 1 or more.',
      );
    this.windows = new Map(orders.map((order) => [order, new WindowCounts(order)]));
    this.nonDirect = exclusions.map((excluded) => new NonDirectCounts(excluded, this.#encoder.names));
    this.ordered = ordered ? new OrderedCounts() : null;
    this.sets = sets ? new SetCounts() : null;
  }

  /** @throws AttributionError on what is no path row, and where sums would no longer be exact */
  add(row: PathRow): void {
    checkRow(row);
    const totals = {
      conversions: this.#totals.conversions + row.conversions,
      losses: this.#totals.losses + row.losses,
      value: this.#totals.value + row.value,
    };
    const longest = Math.max(this.#longestEver, row.channels.length);
    if (!areExact(totals, longest))
      throw new AttributionError(
        'bad-row',
        'value',
        'All rows together are more than can be added exactly.',
        'Count values in larger units, or rows apart.',
      );
    this.#longestEver = longest;
    this.#totals = totals;
    this.#count(row, 1);
  }

  /**
   * Takes back a row that was added.
   * @throws AttributionError on one that was not, as far as the counts can tell
   */
  subtract(row: PathRow): void {
    checkRow(row);
    this.#totals = {
      conversions: this.#totals.conversions - row.conversions,
      losses: this.#totals.losses - row.losses,
      value: this.#totals.value - row.value,
    };
    this.#count(row, -1);
    if (!this.#isOverdrawn()) return;
    this.add(row);
    throw new AttributionError(
      'bad-row',
      'channels',
      `${row.channels.join(' > ')} is to be subtracted, more of it than was added.`,
      'Subtract a row exactly as it was added.',
    );
  }

  /** Channels by number, in the order they came; some may have no journey left. */
  get names(): readonly string[] {
    return this.#encoder.names;
  }

  get totals(): Totals {
    return this.#totals;
  }

  /** Journeys without any touch. */
  get unattributed(): Totals {
    const cell = this.#lengths.keys.find(0);
    return {
      conversions: this.#lengths.conversions(cell),
      losses: this.#lengths.losses(cell),
      value: cell < 0 ? 0n : this.#lengths.value(cell),
    };
  }

  /** What channels share: the totals without the unattributed. */
  get attributed(): Totals {
    const [all, rest] = [this.totals, this.unattributed];
    return {
      conversions: all.conversions - rest.conversions,
      losses: all.losses - rest.losses,
      value: all.value - rest.value,
    };
  }

  /** Touches on the longest path that there is. */
  get longest(): number {
    let longest = 0;
    for (const cell of this.#lengths.filled()) longest = Math.max(longest, this.#lengths.keys.keyAt(cell));
    return longest;
  }

  /** Channel numbers that a journey, converted or lost, touches. */
  present(): number[] {
    const { cells } = this.distinct;
    return [...new Set([...cells.filled()].map((cell) => Math.floor(cells.keys.keyAt(cell) / 65_536)))];
  }

  #count(row: PathRow, sign: 1 | -1): void {
    const path = this.#encoder.encode(row.channels);
    setAmounts(path, row, sign);
    this.#lengths.add(path.length, path);
    for (const windows of this.windows.values()) windows.count(path);
    this.distinct.count(path);
    this.sets?.count(path);
    if (row.conversions === 0) return;
    this.positions.count(path);
    for (const counts of this.nonDirect) counts.count(path);
    this.ordered?.count(path);
  }

  #isOverdrawn(): boolean {
    const { conversions, losses, value } = this.#totals;
    if (conversions < 0 || losses < 0 || value < 0n) return true;
    const all = [
      this.#lengths,
      this.positions.cells,
      this.distinct.cells,
      this.sets?.cells,
      this.ordered?.cells,
    ];
    return (
      [...all, ...this.nonDirect.map(({ cells }) => cells)].some((cells) => (cells?.overdrawn ?? 0) > 0) ||
      [...this.windows.values()].some(({ overdrawn }) => overdrawn > 0)
    );
  }
}

function setAmounts(path: EncodedPath & Amounts, row: PathRow, sign: 1 | -1): void {
  const { low, high } = limbs(row.value);
  path.conversions = sign * row.conversions;
  path.losses = sign * row.losses;
  path.low = sign * low;
  path.high = sign * high;
}
