import type { Journey } from './journey.ts';

/** The milestones that can earn credit, in the order a deal passes them. */
export const STAGES = ['first', 'lead', 'opportunity', 'close'] as const;
export type Stage = (typeof STAGES)[number];

/**
 * The place of the touch that holds a milestone: the closest at or before it (Marketo Measure, HubSpot); of several at
 * that instant the last in order. One touch may hold several.
 * @returns null where the milestone was not reached, has no date, or no touch came before it
 */
export function holderOf({ touches, closedAt, milestones }: Journey, stage: Stage): number | null {
  if (stage === 'first') return touches.length === 0 ? null : 0;
  const instant = stage === 'close' ? closedAt : milestones[stage];
  if (instant === null) return null;
  const place = touches.findLastIndex(({ at }) => at <= instant);
  return place < 0 ? null : place;
}

/** Whether it is known when the milestone was reached; the first touch is its own. */
export function isDatedStage({ closedAt, milestones }: Journey, stage: Stage): boolean {
  return stage === 'first' || (stage === 'close' ? closedAt : milestones[stage]) !== null;
}
