import { AttributionError } from '../attribution.error.ts';
import { fraction, type Fraction } from '../exact/fraction.ts';
import { seededRandom } from './seeded-random.ts';

export interface SampledValue {
  /** the mean over the permutations, exactly */
  readonly value: Fraction;
  /** standard error of that mean, in the unit of v */
  readonly standardError: number;
}

export interface SampleOptions {
  /** 2 or more; the error falls with their square root */
  readonly permutations: number;
  /** the same seed gives the same values, bit for bit */
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

/**
 * Shapley values of a game of any number of players, estimated (Castro, Gómez, Tejada 2009): the mean of what a player
 * adds to those before it, over random orders. Each order's additions sum to v(all) - v(none), so the values do too.
 * @param worth of the players flagged 1, in whole units
 */
export function sampleShapleyValues(
  players: number,
  worth: (members: Uint8Array) => bigint,
  options: SampleOptions,
): SampledValue[] {
  const members = new Uint8Array(players);
  const along = (order: Int32Array) => {
    members.fill(0);
    const worths = [worth(members)];
    for (const player of order) {
      members[player] = 1;
      worths.push(worth(members));
    }
    return [worths];
  };
  return sampleAlongOrders(players, along, options)[0] ?? [];
}

/**
 * The same for several games of the same players at once, where it is cheaper to look at a whole order than at each of
 * its coalitions.
 * @param along an order: of each game what nobody, the first player, the first two, and so on to all are worth
 * @returns of each game the values of the players
 */
export function sampleAlongOrders(
  players: number,
  along: (order: Int32Array) => readonly (readonly bigint[])[],
  { permutations, seed, onProgress }: SampleOptions,
): SampledValue[][] {
  if (!Number.isSafeInteger(permutations) || permutations < 2)
    throw new AttributionError(
      'bad-parameter',
      'permutations',
      `The permutations are ${permutations}.`,
      'Give a whole number, 2 or more.',
    );
  const random = seededRandom(seed);
  const order = Int32Array.from({ length: players }, (_, player) => player);
  const games: Sums[][] = [];
  for (let done = 0; done < permutations; done++) {
    shuffle(order, random);
    for (const [game, worths] of along(order).entries()) {
      const sums = (games[game] ??= Array.from(order, () => ({ all: 0n, squares: 0n })));
      for (const [place, player] of order.entries()) {
        const added = (worths[place + 1] as bigint) - (worths[place] as bigint);
        const sum = sums[player] as Sums;
        sum.all += added;
        sum.squares += added * added;
      }
    }
    onProgress?.(done + 1);
  }
  const n = BigInt(permutations);
  return games.map((sums) =>
    sums.map(({ all, squares }) => ({
      value: fraction(all, n),
      standardError: Math.sqrt(Number(squares * n - all * all) / (permutations - 1)) / permutations,
    })),
  );
}

/** Of what a player added, over the orders. */
interface Sums {
  all: bigint;
  squares: bigint;
}

/** Fisher and Yates. */
function shuffle(order: Int32Array, random: (below: number) => number): void {
  for (let at = order.length - 1; at > 0; at--) {
    const other = random(at + 1);
    const player = order[at] as number;
    order[at] = order[other] as number;
    order[other] = player;
  }
}
