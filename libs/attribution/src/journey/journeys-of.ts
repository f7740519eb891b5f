import { eligible, type LeftOut } from './eligible.ts';
import { endOf, type Conversion, type Journey } from './journey.ts';
import { normalise, type PathStep } from './path-step.ts';
import type { Dated, RecordedTouch } from './touch.ts';

/** Which touches count for a conversion; recorded with every run. */
export interface JourneyRules {
  /** the instant asked for: where the journeys of open deals end */
  readonly asOf: number;
  readonly windowMs: number | null;
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
  /** `folded`: taken out by the path steps */
  readonly leftOut: LeftOut & { readonly folded: number };
}

/**
 * The journey in front of each conversion of one customer, in the order the conversions are given.
 *
 * Under `restart` a journey begins after the close of the deal won before (DP6, MatCyt); deals won at one instant see
 * the same touches; lost and open deals end nothing. Under `reuse` (Snowplow; Marketo Measure across opportunities) it
 * begins with the first touch. Path steps come last, so that a window is one of instants, not of steps.
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
    const window = { end, lengthMs: rules.windowMs, after, mostRecent: rules.mostRecent };
    const within = eligible(touches, window);
    const path = normalise(within.touches, rules.path);
    return {
      conversion: conversion.id,
      journey: { touches: path, closedAt: conversion.closedAt, milestones: conversion.milestones },
      leftOut: { ...within.leftOut, folded: within.touches.length - path.length },
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
  return eligible(touches, { end: asOf, lengthMs: null, after, mostRecent: null }).touches;
}

function lastWonBefore(end: number, conversions: readonly Conversion[]): number | null {
  const closes = conversions.flatMap(({ outcome, closedAt }) =>
    outcome === 'won' && closedAt !== null && closedAt < end ? [closedAt] : [],
  );
  return closes.length === 0 ? null : closes.reduce((a, b) => Math.max(a, b));
}
