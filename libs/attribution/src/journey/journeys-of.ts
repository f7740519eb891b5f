import { eligible, type LeftOut } from './eligible.ts';
import { endOf, type Conversion, type Journey } from './journey.ts';
import { mostRecentOf } from './most-recent.ts';
import { normalise, type PathStep } from './path-step.ts';
import type { Dated, RecordedTouch } from './touch.ts';

/** Which touches count for a conversion; recorded with every run. */
export interface JourneyRules {
  /** the instant asked for: where the journeys of open deals end */
  readonly asOf: number;
  readonly windowMs: number | null;
  /** so many of the most recent touches count, and those that hold milestones; null: all */
  readonly mostRecent: number | null;
  /** `reuse`: a touch counts for every conversion it precedes; `restart`: only for the first won one after it */
  readonly severalConversions: 'reuse' | 'restart';
  readonly path: readonly PathStep[];
}

/** Everything up to the close counts, for every deal it precedes. */
export const WHOLE_JOURNEY: Omit<JourneyRules, 'asOf'> = {
  windowMs: null,
  mostRecent: null,
  severalConversions: 'reuse',
  path: [],
};

export interface ConversionJourney<T extends RecordedTouch> {
  readonly conversion: string;
  readonly journey: Journey<Dated<T>>;
  /** `folded`: taken out by the path steps; `beyond`: neither among the most recent nor at a milestone */
  readonly leftOut: LeftOut & { readonly folded: number; readonly beyond: number };
}

/**
 * The journey in front of each conversion of one customer, in the order the conversions are given.
 *
 * Under `restart` a journey begins after the close of the deal won before (DP6, MatCyt); deals won at one instant see
 * the same touches; lost and open deals end nothing. Under `reuse` (Snowplow; Marketo Measure across opportunities) it
 * begins with the first touch. Path steps come after the window, which is one of instants, not of steps. What they leave is
 * cut last, to the most recent touches and those that hold milestones: a thousand page views in a row are one touch to a
 * path that collapses them, and crowd nothing out.
 * @throws AttributionError `bad-journey`, `bad-parameter`
 */
export function journeysOf<T extends RecordedTouch>(
  touches: readonly T[],
  conversions: readonly Conversion[],
  rules: JourneyRules,
): ConversionJourney<T>[] {
  return conversions.map((conversion) => {
    const end = endOf(conversion, rules.asOf);
    const after = rules.severalConversions === 'restart' ? lastWonBefore(end, conversions) : null;
    const within = eligible(touches, { end, lengthMs: rules.windowMs, after });
    const path = normalise(within.touches, rules.path);
    const { closedAt, milestones } = conversion;
    const counted = mostRecentOf({ touches: path, closedAt, milestones }, rules.mostRecent);
    return {
      conversion: conversion.id,
      journey: { touches: counted, closedAt, milestones },
      leftOut: {
        ...within.leftOut,
        folded: within.touches.length - path.length,
        beyond: path.length - counted.length,
      },
    };
  });
}

/**
 * The touches that no conversion used up yet: under `restart` a journey of its own, without outcome.
 * @throws AttributionError `bad-journey`
 */
export function tailOf<T extends RecordedTouch>(
  touches: readonly T[],
  conversions: readonly Conversion[],
  asOf: number,
): readonly Dated<T>[] {
  const after = lastWonBefore(Infinity, conversions);
  return eligible(touches, { end: asOf, lengthMs: null, after }).touches;
}

function lastWonBefore(end: number, conversions: readonly Conversion[]): number | null {
  const closes = conversions.flatMap(({ outcome, closedAt }) =>
    outcome === 'won' && closedAt !== null && closedAt < end ? [closedAt] : [],
  );
  return closes.length === 0 ? null : closes.reduce((a, b) => Math.max(a, b));
}
