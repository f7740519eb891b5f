import type { Journey } from '../journey/journey.ts';
import { holderOf, isDatedStage, STAGES, type Stage } from '../journey/milestone.ts';
import type { RuleModel } from './rule-model.ts';

/**
 * What becomes of the weight of a milestone that no touch holds:
 * - `renormalise`, the standard: the other milestones take it in proportion, the middle keeps its own. As in Marketo
 *   Measure, a deal that has an eligible touch is credited whole.
 * - `next-stage`: the next milestone that has a touch takes it, else the one before (Marketo Measure, for skipped stages).
 * - `unattributed`: nobody gets it where the milestone was reached and no touch came at or before it. A deal that sales
 *   found alone then gives marketing no credit. A milestone that was not reached, or has no date, is renormalised.
 *
 * Under each, the first touch holds its milestone only where it is not after the model's last one: with W-shaped, a touch
 * after the opening earns nothing, and a deal without any touch before its opening is unattributed.
 */
export const MISSING = ['renormalise', 'next-stage', 'unattributed'] as const;

export interface MilestoneShares {
  readonly stages: ReadonlyMap<Stage, bigint>;
  readonly middle: bigint;
  readonly missing: (typeof MISSING)[number];
}

/** Weights of the touches and, in the same proportions, of what no touch deserves. */
interface Divided {
  readonly weights: readonly bigint[];
  readonly rest: bigint;
}

/** `weights` and `rest` of a model by milestone. */
export const milestoneModel = <P>(sharesOf: (parameters: P) => MilestoneShares) => ({
  weights: (parameters: P): RuleModel['weights'] => {
    const divide = divider(sharesOf(parameters));
    return (journey) => divide(journey).weights;
  },
  rest: (parameters: P): NonNullable<RuleModel['rest']> => {
    const shares = sharesOf(parameters);
    const divide = divider(shares);
    return (journey) => (shares.missing === 'unattributed' ? divide(journey).rest : 0n);
  },
});

/**
 * Weights by milestone: each stage's on the touch that holds it, added up where one touch holds several; the middle's in
 * equal parts on the touches that hold none and stand before the last milestone of the model (all of them while that is
 * not reached). Without such a touch the milestones take the middle's weight, and the other way round.
 */
function divider({ stages, middle, missing }: MilestoneShares): (journey: Journey) => Divided {
  const asked = STAGES.filter((stage) => (stages.get(stage) ?? 0n) > 0n);
  const weightOf = (stage: Stage) => stages.get(stage) ?? 0n;
  const total = asked.reduce((all, stage) => all + weightOf(stage), 0n);
  return (journey) => {
    const places = asked.map((stage) => qualifiedOf(journey, stage, asked));
    const held = heldBy(places, asked, stages, missing);
    const unheld = asked.filter((stage, at) => places[at] === null && isReached(journey, stage));
    const rest = missing === 'unattributed' ? unheld.reduce((all, stage) => all + weightOf(stage), 0n) : 0n;
    const share = [...held.values()].reduce((all, one) => all + one, rest) || 1n;
    const end = middleEnd(journey, asked);
    const between = journey.touches.flatMap((_, i) => (i < end && !held.has(i) ? [i] : []));
    const parts = BigInt(between.length || 1);
    const weights = journey.touches.map((_, i) => total * (held.get(i) ?? 0n) * parts);
    for (const place of between) weights[place] = middle * share;
    return { weights, rest: total * rest * parts };
  };
}

/** The touch of a milestone; the first touch of all has none where it came after the model's last milestone. */
function qualifiedOf(journey: Journey, stage: Stage, asked: readonly Stage[]): number | null {
  if (stage === 'first' && middleEnd(journey, asked, 1) === 0) return null;
  return holderOf(journey, stage);
}

const isReached = (journey: Journey, stage: Stage): boolean =>
  journey.touches.length > 0 && isDatedStage(journey, stage);

/** Which touch holds how much of the milestones' weight. */
function heldBy(
  places: readonly (number | null)[],
  asked: readonly Stage[],
  stages: ReadonlyMap<Stage, bigint>,
  missing: MilestoneShares['missing'],
): Map<number, bigint> {
  const held = new Map<number, bigint>();
  for (const [index, stage] of asked.entries()) {
    const next = () => places.slice(index).find(isPlace) ?? places.slice(0, index).findLast(isPlace);
    const place = places[index] ?? (missing === 'next-stage' ? next() : null) ?? null;
    if (place !== null) held.set(place, (held.get(place) ?? 0n) + (stages.get(stage) ?? 0n));
  }
  return held;
}

/**
 * Where the middle ends: before the touch that holds the model's last milestone.
 * @param after 1: after that touch
 */
function middleEnd(journey: Journey, asked: readonly Stage[], after: 0 | 1 = 0): number {
  const final = asked.at(-1);
  if (final === undefined || final === 'first' || !isDatedStage(journey, final))
    return journey.touches.length;
  const place = holderOf(journey, final);
  return place === null ? 0 : place + after;
}

function isPlace(place: number | null): place is number {
  return place !== null;
}
