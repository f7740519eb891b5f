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
  { permutations, seed, onProgress }: SampleOptions,
): SampledValue[] {
  if (!Number.isSafeInteger(permutations) || permutations < 2)
    throw new AttributionError(
      'bad-parameter',
      'permutations',
      `The permutations are ${permutations}.`,
      'Give a whole number, 2 or more.',
    );
  const random = seededRandom(seed);
  const members = new Uint8Array(players);
  const order = Int32Array.from(members, (_, player) => player);
  const sums = new Array<bigint>(players).fill(0n);
  const squares = new Array<bigint>(players).fill(0n);
  const nobody = worth(members);
  for (let done = 0; done < permutations; done++) {
    shuffle(order, random);
    members.fill(0);
    let before = nobody;
    for (const player of order) {
      members[player] = 1;
      const after = worth(members);
      const added = after - before;
      sums[player] = (sums[player] as bigint) + added;
      squares[player] = (squares[player] as bigint) + added * added;
      before = after;
    }
    onProgress?.(done + 1);
  }
  const n = BigInt(permutations);
  return sums.map((total, player) => ({
    value: fraction(total, n),
    standardError:
      Math.sqrt(Number((squares[player] as bigint) * n - total * total) / (permutations - 1)) / permutations,
  }));
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
