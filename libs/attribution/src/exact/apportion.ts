/**
 * Splits a whole into integer parts in proportion to weights, by largest remainder (Hamilton's method): each part is
 * its exact share rounded down, and the units left over go to the largest remainders; of equal remainders to the lowest
 * rank. The parts always sum to the whole.
 * @param total units to split, not negative
 * @param weights not negative, not all zero (all zero is allowed where the total is)
 * @param rankOf decides between equal remainders, by its code units; without it the earlier part comes first
 * @throws RangeError where there is something to split and nobody to give it to
 */
export function apportion(
  total: bigint,
  weights: readonly bigint[],
  rankOf?: (index: number) => string,
): bigint[] {
  if (weights.some((weight) => weight < 0n)) throw new RangeError('nothing negative is split');
  return apportionSigned(total, weights, rankOf);
}

/**
 * The same for weights of which some are negative, as Shapley values may be: their parts are negative too, nothing is
 * cut off, and all parts sum to the whole.
 * @param weights sum to more than zero (to zero is allowed where the total is zero)
 * @throws RangeError where there is something to split and the weights sum to nothing
 */
export function apportionSigned(
  total: bigint,
  weights: readonly bigint[],
  rankOf: (index: number) => string = () => '',
): bigint[] {
  if (total < 0n) throw new RangeError('nothing negative is split');
  const sum = weights.reduce((all, weight) => all + weight, 0n);
  if (sum < 0n) throw new RangeError('weights must not sum to less than zero');
  if (sum === 0n) {
    if (total > 0n) throw new RangeError('weights must not all be zero');
    return weights.map(() => 0n);
  }
  const remainders = weights.map((weight) => (((total * weight) % sum) + sum) % sum);
  const parts = weights.map((weight, index) => (total * weight - (remainders[index] ?? 0n)) / sum);
  let left = total - parts.reduce((all, part) => all + part, 0n);
  if (left === 0n) return parts;
  const byRemainder = remainders
    .map((remainder, index) => ({ index, remainder }))
    .sort((a, b) => {
      if (a.remainder !== b.remainder) return a.remainder < b.remainder ? 1 : -1;
      const [one, other] = [rankOf(a.index), rankOf(b.index)];
      return one === other ? a.index - b.index : one < other ? -1 : 1;
    });
  for (const { index } of byRemainder) {
    if (left === 0n) break;
    parts[index] = (parts[index] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts;
}
