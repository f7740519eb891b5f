import type { ReverseChain } from './markov-chain.ts';

/** What of the conversions and of their value met a channel on the way, and what did not; in the same unit. */
export interface Met {
  readonly met: readonly [conversions: number, value: number];
  readonly missed: readonly [conversions: number, value: number];
}

/**
 * For one channel, by state elimination (Grassmann, Taksar, Heyman 1985): only sums, products and quotients of
 * numbers that are not negative, so that every figure is right to its last digits however rare the channel is. Dense:
 * n³/3 steps and 8 n² bytes for the n states that do not hold the channel.
 */
export function eliminate(chain: ReverseChain, channel: number): Met {
  const { kept, local } = statesWithout(chain, channel);
  const size = kept.length;
  // rows: the states that stay, then the conversions and the value by where they happened;
  // columns: the states that stay, then meeting the channel, then the beginning without having met it
  const met = size;
  const missed = size + 1;
  const width = size + 2;
  const rows = new Float64Array((size + 2) * width);
  const put = (row: number, column: number, amount: number) => {
    rows[row * width + column] = (rows[row * width + column] as number) + amount;
  };
  for (const [row, state] of kept.entries()) {
    put(row, missed, chain.entered[state] as number);
    for (let at = chain.offsets[state] as number; at < (chain.offsets[state + 1] as number); at++) {
      const source = local[chain.sources[at] as number] as number;
      put(row, source < 0 ? met : source, chain.counts[at] as number);
    }
  }
  for (let state = 0; state < chain.states; state++) {
    const column = (local[state] as number) < 0 ? met : (local[state] as number);
    put(size, column, chain.conversions[state] as number);
    put(size + 1, column, chain.value[state] as number);
  }
  for (const end of chain.short) {
    const column = end.channels.includes(channel) ? met : missed;
    put(size, column, end.conversions);
    put(size + 1, column, end.value);
  }
  fold(rows, size);
  const at = (row: number, column: number) => rows[row * width + column] as number;
  return { met: [at(size, met), at(size + 1, met)], missed: [at(size, missed), at(size + 1, missed)] };
}

/** Takes the states away, the last first: what went by way of one goes on to where that one leads. */
function fold(rows: Float64Array, size: number): void {
  const width = size + 2;
  const live = new Int32Array(width);
  for (let gone = size - 1; gone >= 0; gone--) {
    const pivot = gone * width;
    let found = 0;
    let total = 0;
    for (let column = 0; column < width; column++) {
      if (column >= gone && column < size) continue;
      const amount = rows[pivot + column] as number;
      if (amount === 0) continue;
      total += amount;
      live[found++] = column;
    }
    for (let row = 0; row < size + 2; row++) {
      if (row >= gone && row < size) continue;
      const base = row * width;
      const through = rows[base + gone] as number;
      if (through === 0) continue;
      const share = through / total;
      for (let at = 0; at < found; at++) {
        const column = live[at] as number;
        rows[base + column] = (rows[base + column] as number) + share * (rows[pivot + column] as number);
      }
    }
  }
}

/** The states whose window does not hold the channel, and each state's place among them, -1 for none. */
function statesWithout(chain: ReverseChain, channel: number): { kept: number[]; local: Int32Array } {
  const kept: number[] = [];
  const local = new Int32Array(chain.states).fill(-1);
  for (let state = 0; state < chain.states; state++) {
    const start = state * chain.order;
    if (chain.windows.subarray(start, start + chain.order).includes(channel)) continue;
    local[state] = kept.length;
    kept.push(state);
  }
  return { kept, local };
}
