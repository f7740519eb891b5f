import { AttributionError } from '../attribution.error.ts';
import type { PathCounters } from '../path/path-counters.ts';
import { sumOverSubsets } from './shapley-game.ts';

/** Of the journeys that touch channels of a coalition only. */
export interface CoalitionSums {
  readonly conversions: number;
  readonly journeys: number;
  readonly value: bigint;
}

/** A value in three doubles, 31 bits each but for the last, of which four million are added exactly. */
const LIMB_BITS = 31n;
const MASK = (1n << LIMB_BITS) - 1n;
const limbsOf = (value: bigint) => [value & MASK, (value >> LIMB_BITS) & MASK, value >> (2n * LIMB_BITS)];

/**
 * Journeys by the coalition of channels that holds all they touch. Channels are players 0, 1, … in the order of their
 * names. Sums are of whole numbers and exact: the counters refuse rows that would make them greater than 2^53.
 */
export class Coalitions {
  /** players of every set, one set after the other, and where each begins */
  readonly #players: Int32Array;
  readonly #offsets: Int32Array;
  /** by set: conversions, journeys, and the limbs of the value */
  readonly #columns: readonly Float64Array[];

  constructor(
    readonly names: readonly string[],
    sets: readonly (CoalitionSums & { readonly players: readonly number[] })[],
  ) {
    this.#players = Int32Array.from(sets.flatMap(({ players }) => players));
    this.#offsets = new Int32Array(sets.length + 1);
    for (const [at, { players }] of sets.entries())
      this.#offsets[at + 1] = (this.#offsets[at] as number) + players.length;
    const limbs = sets.map(({ value }) => limbsOf(value).map(Number));
    this.#columns = [
      Float64Array.from(sets, ({ conversions }) => conversions),
      Float64Array.from(sets, ({ journeys }) => journeys),
      ...[0, 1, 2].map((at) => Float64Array.from(limbs, (limb) => limb[at] as number)),
    ];
  }

  /** Of the players flagged 1. */
  within(members: Uint8Array): CoalitionSums {
    const sums = this.#columns.map(() => 0);
    this.#eachSet((set, players) => {
      if (players.every((player) => members[player] === 1)) this.#addTo(sums, set);
    });
    return sumsOf(sums);
  }

  /** Of nobody, the first player of the order, the first two, and so on to all: each set counts from its last one on. */
  along(order: Int32Array): CoalitionSums[] {
    const places = new Int32Array(order.length);
    for (const [at, player] of order.entries()) places[player] = at + 1;
    const steps = Array.from({ length: order.length + 1 }, () => this.#columns.map(() => 0));
    this.#eachSet((set, players) => {
      let last = 0;
      for (const player of players) last = Math.max(last, places[player] as number);
      this.#addTo(steps[last] as number[], set);
    });
    const so = this.#columns.map(() => 0);
    return steps.map((step) => {
      for (const [column, sum] of step.entries()) so[column] = (so[column] as number) + sum;
      return sumsOf(so);
    });
  }

  /** Of every coalition, bit j set for player j, by the subset-sum transform; 40 bytes a coalition. */
  all(): (coalition: number) => CoalitionSums {
    const sums = this.#columns.map(() => new Float64Array(2 ** this.names.length));
    this.#eachSet((set, players) => {
      const bits = players.reduce((so, player) => so | (1 << player), 0);
      for (const [column, all] of sums.entries())
        all[bits] = (all[bits] as number) + (this.#columns[column]?.[set] as number);
    });
    for (const all of sums) sumOverSubsets(all);
    return (coalition) => sumsOf(sums.map((all) => all[coalition] as number));
  }

  #eachSet(look: (set: number, players: Int32Array) => void): void {
    for (let set = 0; set + 1 < this.#offsets.length; set++)
      look(set, this.#players.subarray(this.#offsets[set], this.#offsets[set + 1]));
  }

  #addTo(sums: number[], set: number): void {
    for (const [column, all] of this.#columns.entries())
      sums[column] = (sums[column] as number) + (all[set] as number);
  }
}

function sumsOf([conversions = 0, journeys = 0, low = 0, middle = 0, high = 0]: readonly number[]) {
  const value = (((BigInt(high) << LIMB_BITS) + BigInt(middle)) << LIMB_BITS) + BigInt(low);
  return { conversions, journeys, value };
}

/** @throws AttributionError where the counters do not count journeys by set of channels */
export function coalitionsOf(counters: PathCounters): Coalitions {
  if (counters.sets === null)
    throw new AttributionError(
      'bad-parameter',
      'sets',
      'Journeys were not counted by set of channels.',
      'Count them so.',
    );
  const names = counters
    .present()
    .map((channel) => counters.names[channel] as string)
    .sort();
  const players = new Map(names.map((name, player) => [name, player]));
  const sets = counters.sets.sets().map(({ channels, conversions, losses, value }) => ({
    players: channels.map((channel) => players.get(counters.names[channel] as string) as number),
    conversions,
    journeys: conversions + losses,
    value,
  }));
  return new Coalitions(names, sets);
}
