import { AttributionError } from '../attribution.error.ts';
import { fraction, type Fraction } from '../exact/fraction.ts';

/** Beyond, 2^n coalitions are too many to ask: sample. */
export const MOST_PLAYERS = 20;

/**
 * Shapley values of any game, exactly (Shapley 1953):
 * phi_j = sum over S without j of |S|! (n - |S| - 1)! / n! × (v(S + j) - v(S)). They sum to v(all) - v(none), and may be
 * negative, which must not be cut off. Asks v once of each of 2^n coalitions.
 * @param players 1 to 20
 * @param worth of a coalition, bit j set for player j, in whole units
 * @throws AttributionError on more players
 */
export function shapleyValues(players: number, worth: (coalition: number) => bigint): Fraction[] {
  if (!Number.isInteger(players) || players < 1 || players > MOST_PLAYERS)
    throw new AttributionError(
      'bad-parameter',
      'players',
      `${players} players are not 1 to ${MOST_PLAYERS}.`,
      'Sample permutations instead.',
    );
  // by size of the coalition: what all of them are worth, and those that hold player j
  const all = new Array<bigint>(players + 1).fill(0n);
  const holding = Array.from({ length: players }, () => new Array<bigint>(players + 1).fill(0n));
  for (let coalition = 0; coalition < 2 ** players; coalition++) {
    const value = worth(coalition);
    if (value === 0n) continue;
    const size = bits(coalition);
    all[size] = (all[size] as bigint) + value;
    for (let rest = coalition; rest > 0; rest &= rest - 1) {
      const sums = holding[31 - Math.clz32(rest & -rest)] as bigint[];
      sums[size] = (sums[size] as bigint) + value;
    }
  }
  const factorials = [1n];
  for (let n = 1; n <= players; n++) factorials.push((factorials[n - 1] as bigint) * BigInt(n));
  return holding.map((sums) => {
    let over = 0n;
    for (let size = 0; size < players; size++) {
      const orders = (factorials[size] as bigint) * (factorials[players - size - 1] as bigint);
      const joined = sums[size + 1] as bigint;
      const without = (all[size] as bigint) - (sums[size] as bigint);
      over += orders * (joined - without);
    }
    return fraction(over, factorials[players] as bigint);
  });
}

/**
 * Sums over all subsets, in place (the zeta transform): what stood at the set T alone becomes the sum of all that stood
 * within T. n × 2^n additions; exact while the sums are under 2^53.
 */
export function sumOverSubsets(values: Float64Array): void {
  for (let bit = 1; bit < values.length; bit *= 2)
    for (let set = 0; set < values.length; set++)
      if (set & bit) values[set] = (values[set] as number) + (values[set ^ bit] as number);
}

function bits(set: number): number {
  let count = 0;
  for (let rest = set; rest > 0; rest &= rest - 1) count += 1;
  return count;
}
