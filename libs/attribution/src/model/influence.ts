import type { Journey } from '../journey/journey.ts';

/**
 * Influence is not credit: it says where a channel had part, and the rows of one deal sum to more than the deal.
 *
 * - `participation`: the whole amount to every distinct channel (Adobe Analytics, "participation").
 * - `uniform`: the whole amount to every touch, so a channel with three touches shows it three times.
 */
export const INFLUENCES = ['participation', 'uniform'] as const;

/** @returns influenced amount by channel, in the order of the channels' first touches */
export function influence(
  { touches }: Journey,
  kind: (typeof INFLUENCES)[number],
  amount: bigint,
): ReadonlyMap<string, bigint> {
  const influenced = new Map<string, bigint>();
  for (const { channel } of touches) {
    const before = kind === 'uniform' ? (influenced.get(channel) ?? 0n) : 0n;
    influenced.set(channel, before + amount);
  }
  return influenced;
}
