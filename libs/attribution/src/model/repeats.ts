interface OnChannel {
  readonly channel: string;
}

/**
 * For each touch a whole number in proportion to 1 ÷ the touches of its channel, so that the touches of a channel
 * together weigh what any other channel weighs: c = 1, 2, 2 touches of a, b, b give 2, 1, 1.
 */
export function onePerChannel(touches: readonly OnChannel[]): bigint[] {
  const counts = new Map<string, bigint>();
  for (const { channel } of touches) counts.set(channel, (counts.get(channel) ?? 0n) + 1n);
  const common = [...new Set(counts.values())].reduce((all, count) => all * count, 1n);
  return touches.map(({ channel }) => common / (counts.get(channel) ?? 1n));
}
