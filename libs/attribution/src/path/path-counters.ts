import { AttributionError } from '../attribution.error.ts';
import { Cells, limbs, MOST } from './cells.ts';
import { PathEncoder } from './encoded-path.ts';
import { NonDirectCounts } from './non-direct-counts.ts';
import { OrderedCounts } from './ordered-counts.ts';
import { checkRow, type PathRow } from './path-row.ts';
import { PositionCounts } from './position-counts.ts';
import { DistinctCounts, SetCounts } from './set-counts.ts';
import { WholePaths } from './whole-paths.ts';
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
  /** whether to keep whole paths, for custom models */
  readonly paths?: boolean;
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
  readonly paths: WholePaths | null;
  readonly nonDirect: readonly NonDirectCounts[];
  readonly windows: ReadonlyMap<number, WindowCounts>;
  readonly #encoder = new PathEncoder();
  readonly #lengths = new Cells();
  /** what the bound of exact sums is taken from: journeys, an upper bound of value ÷ 2^40, the longest path ever */
  #journeys = 0;
  #worth = 0;
  #longestEver = 1;

  /** @throws AttributionError where an order is not a whole number from 1 */
  constructor(options: CounterOptions = {}) {
    const { orders = [1], exclusions = [], ordered = false, sets = false, paths = false } = options;
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
    this.paths = paths ? new WholePaths() : null;
  }

  /** @throws AttributionError on what is no path row, and where sums would no longer be exact */
  add(row: PathRow): void {
    checkRow(row);
    const { low, high } = limbs(row.value);
    const journeys = this.#journeys + row.conversions + row.losses;
    const worth = this.#worth + (row.value === 0n ? 0 : high + 1);
    const longest = Math.max(this.#longestEver, row.channels.length);
    if (Math.max(journeys, worth) * longest > MOST)
      throw new AttributionError(
        'bad-row',
        'value',
        'All rows together are more than can be added exactly.',
        'Count values in larger units, or rows apart.',
      );
    this.#count(row.channels, row.conversions, row.losses, low, high);
    this.#journeys = journeys;
    this.#worth = worth;
    this.#longestEver = longest;
  }

  /**
   * Takes back a row that was added.
   * @throws AttributionError on one that was not, as far as the counts can tell
   */
  subtract(row: PathRow): void {
    checkRow(row);
    const { low, high } = limbs(row.value);
    this.#count(row.channels, -row.conversions, -row.losses, -low, -high);
    if (this.#all().some((cells) => cells.overdrawn)) {
      this.#count(row.channels, row.conversions, row.losses, low, high);
      for (const cells of this.#all()) cells.overdrawn = false;
      throw new AttributionError(
        'bad-row',
        'channels',
        `${row.channels.join(' > ')} is to be subtracted, more of it than was added.`,
        'Subtract a row exactly as it was added.',
      );
    }
    this.#journeys -= row.conversions + row.losses;
    if (row.value !== 0n) this.#worth -= high + 1;
  }

  /** Channels by number, in the order they came; some may have no journey left. */
  get names(): readonly string[] {
    return this.#encoder.names;
  }

  get totals(): Totals {
    return this.#sum(() => true);
  }

  /** Journeys without any touch. */
  get unattributed(): Totals {
    return this.#sum((length) => length === 0);
  }

  /** What channels share: the totals without the unattributed. */
  get attributed(): Totals {
    return this.#sum((length) => length > 0);
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
    return [...new Set(cells.filled().map((cell) => Math.floor(cells.keys.keyAt(cell) / 65_536)))];
  }

  #count(channels: readonly string[], conversions: number, losses: number, low: number, high: number): void {
    const path = this.#encoder.encode(channels);
    path.conversions = conversions;
    path.losses = losses;
    path.low = low;
    path.high = high;
    this.#lengths.add(path.length, path);
    for (const windows of this.windows.values()) windows.count(path);
    this.distinct.count(path);
    this.sets?.count(path);
    if (conversions === 0) return;
    this.positions.count(path);
    for (const counts of this.nonDirect) counts.count(path);
    this.ordered?.count(path);
    this.paths?.count(path);
  }

  #sum(isOf: (length: number) => boolean): Totals {
    const totals = { conversions: 0, losses: 0, value: 0n };
    for (const cell of this.#lengths.filled()) {
      if (!isOf(this.#lengths.keys.keyAt(cell))) continue;
      totals.conversions += this.#lengths.conversions(cell);
      totals.losses += this.#lengths.losses(cell);
      totals.value += this.#lengths.value(cell);
    }
    return totals;
  }

  #all(): Cells[] {
    const all = [
      this.#lengths,
      this.positions.cells,
      this.distinct.cells,
      this.sets?.cells,
      this.ordered?.cells,
      this.paths?.cells,
    ];
    return [
      ...all.filter((cells) => cells !== undefined),
      ...this.nonDirect.map(({ cells }) => cells),
      ...[...this.windows.values()].flatMap(({ cells }) => cells),
    ];
  }
}
