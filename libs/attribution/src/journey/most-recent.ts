import { AttributionError } from '../attribution.error.ts';
import type { Journey } from './journey.ts';
import { holderOf, STAGES } from './milestone.ts';
import type { Touch } from './touch.ts';

/**
 * The most recent touches of a journey, and those that hold its milestones (first touch, lead, opportunity, close), which
 * are never cut: up to three more than asked for.
 * @param most null: all
 * @throws AttributionError `bad-parameter`
 */
export function mostRecentOf<T extends Touch>(journey: Journey<T>, most: number | null): readonly T[] {
  const { touches } = journey;
  if (most !== null && !(Number.isSafeInteger(most) && most >= 1)) {
    const remedy = 'Give a whole number from 1 on, or null for all.';
    throw new AttributionError('bad-parameter', 'mostRecent', 'So many touches cannot be kept.', remedy);
  }
  if (most === null || touches.length <= most) return touches;
  const holders = new Set(STAGES.map((stage) => holderOf(journey, stage)));
  const start = touches.length - most;
  return touches.filter((_, place) => place >= start || holders.has(place));
}
