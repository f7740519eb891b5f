import { apportion } from '../exact/apportion.ts';
import type { PathCounters } from '../path/path-counters.ts';
import { lowestCommonMultiple, type Amount, type ChannelCredit } from '../path/weights.ts';

export interface PositionCredit extends Amount {
  /** 1 for the first touch */
  readonly position: number;
}

export interface OrderedCredit extends ChannelCredit {
  /** ascending; only positions where the channel stands in a converting path */
  readonly positions: readonly PositionCredit[];
}

/**
 * Ordered Shapley values (Zhao, Mahboobi, Bagheri 2018): what a channel gets for being touch i is the sum over sets T
 * of R_i(T) / |T|; a channel that occurs r times on a path has 1/r of its share at each of its places. Positions of a
 * channel sum to its simplified Shapley value exactly, since that is what is apportioned among them.
 * @param credits of the simplified Shapley value, which is linear credit by distinct channel
 */
export function orderedShapley(counters: PathCounters, credits: readonly ChannelCredit[]): OrderedCredit[] {
  const counts = counters.ordered?.counts() ?? [];
  const under = lowestCommonMultiple(
    [...new Set(counts.map(({ size, repeats }) => size * repeats))].map(BigInt),
  );
  const byChannel = new Map<string, Map<number, { conversions: bigint; value: bigint }>>();
  for (const { channel, position, size, repeats, conversions, value } of counts) {
    const name = counters.names[channel] as string;
    const positions = byChannel.get(name) ?? new Map<number, { conversions: bigint; value: bigint }>();
    byChannel.set(name, positions);
    const sum = positions.get(position) ?? { conversions: 0n, value: 0n };
    const factor = under / BigInt(size * repeats);
    sum.conversions += BigInt(conversions) * factor;
    sum.value += value * factor;
    positions.set(position, sum);
  }
  return credits.map((credit) => {
    const places = [...(byChannel.get(credit.channel) ?? [])].sort(([a], [b]) => a - b);
    const split = (of: 'conversions' | 'value') =>
      apportion(
        credit[of],
        places.map(([, sum]) => sum[of]),
      );
    const [conversions, value] = [split('conversions'), split('value')];
    const positions = places.map(([position], at) => ({
      position: position + 1,
      conversions: conversions[at] as bigint,
      value: value[at] as bigint,
    }));
    return { ...credit, positions };
  });
}
