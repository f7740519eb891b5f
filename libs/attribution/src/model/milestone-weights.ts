import type { Journey } from '../journey/journey.ts';
import { holderOf, isDatedStage, STAGES, type Stage } from '../journey/milestone.ts';
import type { RuleModel } from './rule-model.ts';

/**
 * What becomes of the weight of a milestone that no touch holds: `renormalise` gives it to the other milestones in
 * proportion, the middle keeps its own; `next-stage` gives it to the next milestone that has a touch, else to the one
 * before (Marketo Measure, for skipped stages).
 */
export const MISSING = ['renormalise', 'next-stage'] as const;

export interface MilestoneShares {
  readonly stages: ReadonlyMap<Stage, bigint>;
  readonly middle: bigint;
  readonly missing: (typeof MISSING)[number];
}

/**
 * Weights by milestone: each stage's on the touch that holds it, added up where one touch holds several; the middle's in
 * equal parts on the touches that hold none and stand before the last milestone of the model (all of them while that is
 * not reached). Without such a touch the milestones take the middle's weight, and the other way round.
 */
export function byMilestone({ stages, middle, missing }: MilestoneShares): RuleModel['weights'] {
  const asked = STAGES.filter((stage) => (stages.get(stage) ?? 0n) > 0n);
  const total = asked.reduce((all, stage) => all + (stages.get(stage) ?? 0n), 0n);
  return (journey) => {
    const held = heldBy(journey, asked, stages, missing);
    const share = [...held.values()].reduce((all, one) => all + one, 0n) || 1n;
    const end = middleEnd(journey, asked);
    const between = journey.touches.flatMap((_, i) => (i < end && !held.has(i) ? [i] : []));
    const parts = BigInt(between.length || 1);
    const weights = journey.touches.map((_, i) => total * (held.get(i) ?? 0n) * parts);
    for (const place of between) weights[place] = middle * share;
    return weights;
  };
}

/** Which touch holds how much of the milestones' weight. */
function heldBy(
  journey: Journey,
  asked: readonly Stage[],
  stages: ReadonlyMap<Stage, bigint>,
  missing: MilestoneShares['missing'],
): Map<number, bigint> {
  const places = asked.map((stage) => holderOf(journey, stage));
  const held = new Map<number, bigint>();
  for (const [index, stage] of asked.entries()) {
    const next = () => places.slice(index).find(isPlace) ?? places.slice(0, index).findLast(isPlace);
    const place = places[index] ?? (missing === 'next-stage' ? next() : null) ?? null;
    if (place !== null) held.set(place, (held.get(place) ?? 0n) + (stages.get(stage) ?? 0n));
  }
  return held;
}

/** Where the middle ends: before the touch that holds the model's last milestone. */
function middleEnd(journey: Journey, asked: readonly Stage[]): number {
  const final = asked.at(-1);
  if (final === undefined || final === 'first' || !isDatedStage(journey, final))
    return journey.touches.length;
  return holderOf(journey, final) ?? 0;
}

function isPlace(place: number | null): place is number {
  return place !== null;
}
