import { UNIT } from '../exact/decimal.ts';
import { toNumber, type Fraction } from '../exact/fraction.ts';
import type { PathCounters } from '../path/path-counters.ts';
import type { SetCount } from '../path/set-counts.ts';
import { MOST_PLAYERS, shapleyValues, sumOverSubsets } from './shapley-game.ts';
import { sampleShapleyValues } from './shapley-sampling.ts';

export interface RateValue {
  readonly channel: string;
  /** in units of 1e-12 of a conversion rate; may be negative */
  readonly value: Fraction;
  /** 0 where the value is exact */
  readonly standardError: number;
}

export interface RateOptions {
  readonly permutations: number;
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

/**
 * Shapley values of the rate game: v(S) is the conversion rate of the journeys that touch channels of S only, 0 of none,
 * in units of 1e-12 rounded down. Exact up to 20 channels, sampled beyond. It over-credits rare channels (one that
 * converts twice of twice beats one that converts a thousand times of two thousand): an influence, not a credit.
 * @returns sorted by channel; the values sum to the rate of all journeys that touch anything
 */
export function rateShapley(counters: PathCounters, options: RateOptions): RateValue[] {
  const { names } = counters;
  const sorted = counters.present().sort((a, b) => ((names[a] as string) < (names[b] as string) ? -1 : 1));
  const sets = counters.sets?.sets() ?? [];
  if (sorted.length === 0 || sets.length === 0) return [];
  const players = new Map(sorted.map((channel, player) => [channel, player]));
  const named = (player: number, value: Fraction, standardError: number): RateValue => ({
    channel: names[sorted[player] as number] as string,
    value,
    standardError,
  });
  if (sorted.length <= MOST_PLAYERS) {
    const worth = ratesOfAll(sets, players);
    return shapleyValues(sorted.length, worth).map((value, player) => named(player, value, 0));
  }
  const worth = rateWithin(sets, players);
  return sampleShapleyValues(sorted.length, worth, options).map(({ value, standardError }, player) =>
    named(player, value, standardError),
  );
}

/** As a rate, for showing. */
export function rateOf({ over, under }: Fraction): number {
  return toNumber({ over, under: under * UNIT });
}

function ratesOfAll(
  sets: readonly SetCount[],
  players: ReadonlyMap<number, number>,
): (set: number) => bigint {
  const conversions = new Float64Array(2 ** players.size);
  const journeys = new Float64Array(2 ** players.size);
  for (const set of sets) {
    let bits = 0;
    for (const channel of set.channels) bits |= 1 << (players.get(channel) as number);
    conversions[bits] = set.conversions;
    journeys[bits] = set.conversions + set.losses;
  }
  sumOverSubsets(conversions);
  sumOverSubsets(journeys);
  return (set) => rate(conversions[set] as number, journeys[set] as number);
}

function rateWithin(
  sets: readonly SetCount[],
  players: ReadonlyMap<number, number>,
): (members: Uint8Array) => bigint {
  const counted = sets.map(({ channels, conversions, losses }) => ({
    players: channels.map((channel) => players.get(channel) as number),
    conversions,
    journeys: conversions + losses,
  }));
  return (members) => {
    let conversions = 0;
    let journeys = 0;
    for (const set of counted) {
      if (!set.players.every((player) => members[player] === 1)) continue;
      conversions += set.conversions;
      journeys += set.journeys;
    }
    return rate(conversions, journeys);
  };
}

const rate = (conversions: number, journeys: number) =>
  conversions === 0 ? 0n : (BigInt(conversions) * UNIT) / BigInt(journeys);
