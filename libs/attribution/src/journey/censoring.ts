import type { Conversion, Journey } from './journey.ts';

/** What a journey adds to a row of path counts. An open deal adds nothing: it is censored, its end is not known yet. */
export interface Outcomes {
  readonly conversions: 0 | 1;
  readonly losses: 0 | 1;
}

/**
 * Won counts as a conversion, lost as a loss. An open deal counts as neither: taken as lost it would pull down the
 * channels that are recent. Only where a window of idleness is set does one count as a loss whose last touch is longer
 * ago than that; such a deal is a loss in these counts alone, nothing else calls it lost.
 * @param idleAfterMs null: idleness never counts as a loss
 */
export function outcomesOf(
  { outcome }: Pick<Conversion, 'outcome'>,
  { touches }: Pick<Journey, 'touches'>,
  { asOf, idleAfterMs }: { readonly asOf: number; readonly idleAfterMs: number | null },
): Outcomes {
  if (outcome === 'won') return { conversions: 1, losses: 0 };
  if (outcome === 'lost') return { conversions: 0, losses: 1 };
  const lastTouch = touches.at(-1);
  const idle = lastTouch && idleAfterMs !== null && asOf - lastTouch.at > idleAfterMs;
  return { conversions: 0, losses: idle ? 1 : 0 };
}
