import { AttributionError } from '../attribution.error.ts';
import { apportionSigned } from '../exact/apportion.ts';
import { UNIT } from '../exact/decimal.ts';
import { proportions, type Fraction } from '../exact/fraction.ts';
import type { PathCounters } from '../path/path-counters.ts';
import type { Amount, ChannelCredit } from '../path/weights.ts';
import { coalitionsOf, type Coalitions, type CoalitionSums } from './coalitions.ts';
import { MOST_PLAYERS, shapleyValues } from './shapley-game.ts';
import { sampleAlongOrders, type SampledValue, type SampleOptions } from './shapley-sampling.ts';

/**
 * What a coalition S of channels is worth, of the journeys that touch channels of S only, 0 of none:
 * - `rate`: their conversion rate, and their value a journey. It over-credits rare channels: one that converts twice of
 *   twice beats one that converts a thousand times of two thousand. A channel may be worth less than nothing.
 * - `conversions`: their conversions, and their value. The Shapley value is then the simplified one, linear by distinct
 *   channel (Zhao et al. 2018).
 */
export const GAMES = ['rate', 'conversions'] as const;
export type Game = (typeof GAMES)[number];

/** By conversions and by value; both in units of 1e-12, of a conversion or rate, of the unit of the rows. */
export interface GameValue<T> {
  readonly conversions: T;
  readonly value: T;
}

export interface ChannelValue extends GameValue<Fraction> {
  readonly channel: string;
  /** in the same units; 0 where the value is exact */
  readonly standardError: GameValue<number>;
}

export interface GeneralShapley {
  readonly game: Game;
  readonly method: 'exact' | 'sampled';
  /** what all channels together are worth: what the values sum to, sampled ones too */
  readonly whole: GameValue<bigint>;
  /** sorted by channel; may be negative, and are not cut off */
  readonly values: readonly ChannelValue[];
}

/**
 * Shapley values of a game between channels (Shapley 1953): exact, over all coalitions, up to 20 channels; beyond by
 * seeded permutations, with a standard error. Worths are rounded down to 1e-12 once, each.
 * @param counters that count journeys by set of channels
 * @param options `permutations` and `seed` are used beyond 20 channels only
 */
export function generalShapley(
  counters: PathCounters,
  { game, ...options }: SampleOptions & { readonly game: Game },
): GeneralShapley {
  const coalitions = coalitionsOf(counters);
  const { names } = coalitions;
  const worth = worthIn(game);
  const whole = worth(coalitions.within(new Uint8Array(names.length).fill(1)));
  const method = names.length <= MOST_PLAYERS ? 'exact' : 'sampled';
  const solved = method === 'exact' ? exact(coalitions, worth) : sampled(coalitions, worth, options);
  const values = solved.map((value, player) => ({ channel: names[player] as string, ...value }));
  return { game, method, whole, values };
}

/**
 * Credit by channel in proportion to the values, rounded once by largest remainder: it sums to what channels share, and
 * is negative where a value is.
 * @throws AttributionError where so few journeys convert that the worth of all is under 1e-12, and nothing to divide by
 */
export function generalCredit(counters: PathCounters, { values, whole }: GeneralShapley): ChannelCredit[] {
  const given = counters.attributed;
  if ((whole.conversions === 0n && given.conversions > 0) || (whole.value === 0n && given.value > 0n))
    throw new AttributionError(
      'bad-parameter',
      'game',
      'Conversions or value a journey are under 1e-12.',
      'Give the game conversions.',
    );
  const of = (column: keyof Amount, total: bigint) =>
    apportionSigned(total, proportions(values.map((value) => value[column])));
  const conversions = of('conversions', BigInt(given.conversions) * UNIT);
  const value = of('value', given.value);
  return values.map(({ channel }, at) => ({
    channel,
    conversions: conversions[at] as bigint,
    value: value[at] as bigint,
  }));
}

/**
 * Standard errors of that credit, in conversions and in the unit of the rows: credit is the value times what channels
 * share, over what they are worth together, which is known.
 */
export function generalCreditErrors(
  counters: PathCounters,
  { values, whole }: GeneralShapley,
): readonly GameValue<number>[] {
  const given = counters.attributed;
  const of = (error: number, all: number, worth: bigint) =>
    worth === 0n ? 0 : (error * all) / Number(worth);
  return values.map(({ standardError }) => ({
    conversions: of(standardError.conversions, given.conversions, whole.conversions),
    value: of(standardError.value, Number(given.value), whole.value),
  }));
}

type Worth = (sums: CoalitionSums) => GameValue<bigint>;
type Solved = readonly Omit<ChannelValue, 'channel'>[];

function worthIn(game: Game): Worth {
  return ({ conversions, journeys, value }) => {
    if (conversions === 0) return { conversions: 0n, value: 0n };
    const under = game === 'rate' ? BigInt(journeys) : 1n;
    return { conversions: (BigInt(conversions) * UNIT) / under, value: (value * UNIT) / under };
  };
}

function exact(coalitions: Coalitions, worth: Worth): Solved {
  const players = coalitions.names.length;
  if (players === 0) return [];
  const sums = coalitions.all();
  const of = (column: keyof GameValue<bigint>) => shapleyValues(players, (set) => worth(sums(set))[column]);
  const values = of('value');
  return of('conversions').map((conversions, player) => ({
    conversions,
    value: values[player] as Fraction,
    standardError: { conversions: 0, value: 0 },
  }));
}

function sampled(coalitions: Coalitions, worth: Worth, options: SampleOptions): Solved {
  const along = (order: Int32Array) => {
    const worths = coalitions.along(order).map(worth);
    return [worths.map(({ conversions }) => conversions), worths.map(({ value }) => value)];
  };
  const [conversions = [], value = []] = sampleAlongOrders(coalitions.names.length, along, options);
  return conversions.map((won, player) => {
    const valued = value[player] as SampledValue;
    return {
      conversions: won.value,
      value: valued.value,
      standardError: { conversions: won.standardError, value: valued.standardError },
    };
  });
}
