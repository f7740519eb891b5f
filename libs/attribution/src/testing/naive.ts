import { fraction, ONE, plus, times, ZERO, type Fraction } from '../exact/fraction.ts';
import type { PathRow } from '../path/path-row.ts';

/** Second implementations, slow and plain, straight from the definitions, in rational numbers. */

export const minus = (a: Fraction, b: Fraction): Fraction => plus(a, { over: -b.over, under: b.under });
export const over = (a: Fraction, b: Fraction): Fraction =>
  times(a, fraction(b.under * (b.over < 0n ? -1n : 1n), b.over < 0n ? -b.over : b.over));
const add = (map: Map<string, Fraction>, key: string, amount: Fraction) =>
  map.set(key, plus(map.get(key) ?? ZERO, amount));

const START = 'start';
const windowsOf = (channels: readonly string[], order: number) =>
  channels.length < order
    ? [JSON.stringify(channels)]
    : Array.from({ length: channels.length - order + 1 }, (_, at) =>
        JSON.stringify(channels.slice(at, at + order)),
      );

export interface NaiveMarkov {
  readonly probability: Fraction;
  readonly effects: ReadonlyMap<string, { readonly conversions: Fraction; readonly value: Fraction }>;
}

/** Forward chain, dense Gaussian elimination, once for all channels and once without each. */
export function naiveMarkov(rows: readonly PathRow[], order: number, withLost = true): NaiveMarkov {
  const steps = new Map<string, Map<string, bigint>>([[START, new Map()]]);
  const ends = new Map<string, { conversions: bigint; losses: bigint; value: bigint }>();
  for (const row of rows.filter(({ channels }) => channels.length > 0)) {
    const losses = withLost ? BigInt(row.losses) : 0n;
    const weight = BigInt(row.conversions) + losses;
    if (weight === 0n) continue;
    let before = START;
    for (const window of windowsOf(row.channels, order)) {
      if (!steps.has(window)) steps.set(window, new Map());
      const to = steps.get(before) as Map<string, bigint>;
      to.set(window, (to.get(window) ?? 0n) + weight);
      before = window;
    }
    const end = ends.get(before) ?? { conversions: 0n, losses: 0n, value: 0n };
    end.conversions += BigInt(row.conversions);
    end.losses += losses;
    end.value += row.value;
    ends.set(before, end);
  }
  const outOf = (state: string) => {
    const end = ends.get(state);
    return [...(steps.get(state) ?? new Map<string, bigint>()).values()].reduce(
      (all, count) => all + count,
      (end?.conversions ?? 0n) + (end?.losses ?? 0n),
    );
  };
  /** h of the start, windows that hold the channel made losses; the reward is 1 or the mean value at absorption */
  const solve = (reward: 'conversions' | 'value', without: string | null): Fraction => {
    const states = [...steps.keys()].filter(
      (state) => state === START || without === null || !(JSON.parse(state) as string[]).includes(without),
    );
    const matrix = states.map((state) => {
      const all = outOf(state);
      const row = states.map((other) => {
        const share = all === 0n ? ZERO : fraction(steps.get(state)?.get(other) ?? 0n, all);
        return minus(state === other ? ONE : ZERO, share);
      });
      return [...row, all === 0n ? ZERO : fraction(ends.get(state)?.[reward] ?? 0n, all)];
    });
    return gauss(matrix)[states.indexOf(START)] as Fraction;
  };
  const channels = [...new Set(rows.flatMap((row) => row.channels))].sort();
  const whole = { conversions: solve('conversions', null), value: solve('value', null) };
  const effect = (channel: string, reward: 'conversions' | 'value') =>
    whole[reward].over === 0n ? ZERO : minus(ONE, over(solve(reward, channel), whole[reward]));
  return {
    probability: whole.conversions,
    effects: new Map(
      channels.map((channel) => [
        channel,
        { conversions: effect(channel, 'conversions'), value: effect(channel, 'value') },
      ]),
    ),
  };
}

function gauss(matrix: Fraction[][]): Fraction[] {
  const size = matrix.length;
  for (let column = 0; column < size; column++) {
    const pivot = matrix.findIndex((row, at) => at >= column && (row[column] as Fraction).over !== 0n);
    [matrix[column], matrix[pivot]] = [matrix[pivot] as Fraction[], matrix[column] as Fraction[]];
    const head = matrix[column] as Fraction[];
    for (const [at, row] of matrix.entries()) {
      if (at === column || (row[column] as Fraction).over === 0n) continue;
      const factor = over(row[column] as Fraction, head[column] as Fraction);
      for (let cell = column; cell <= size; cell++)
        row[cell] = minus(row[cell] as Fraction, times(factor, head[cell] as Fraction));
    }
  }
  return matrix.map((row, at) => over(row[size] as Fraction, row[at] as Fraction));
}

/** Over all coalitions, by the formula with factorials. */
export function naiveShapley(players: number, worth: (coalition: number) => bigint): Fraction[] {
  const factorial = (n: number): bigint => (n <= 1 ? 1n : BigInt(n) * factorial(n - 1));
  return Array.from({ length: players }, (_, player) => {
    let value = ZERO;
    for (let coalition = 0; coalition < 2 ** players; coalition++) {
      if ((coalition >> player) & 1) continue;
      const size = [...coalition.toString(2)].filter((bit) => bit === '1').length;
      const weight = fraction(factorial(size) * factorial(players - size - 1), factorial(players));
      value = plus(value, times(weight, fraction(worth(coalition | (1 << player)) - worth(coalition))));
    }
    return value;
  });
}

export type Share = (channels: readonly string[], at: number) => Fraction;

/** Credit by channel when the touch at each place of a path has that share of it. */
export function naiveCredit(
  rows: readonly PathRow[],
  share: Share,
): Map<string, { conversions: Fraction; value: Fraction }> {
  const conversions = new Map<string, Fraction>();
  const value = new Map<string, Fraction>();
  for (const row of rows)
    for (const [at, channel] of row.channels.entries()) {
      const part = share(row.channels, at);
      add(conversions, channel, times(part, fraction(BigInt(row.conversions))));
      add(value, channel, times(part, fraction(row.value)));
    }
  return new Map(
    [...conversions].map(([channel, sum]) => [
      channel,
      { conversions: sum, value: value.get(channel) ?? ZERO },
    ]),
  );
}
