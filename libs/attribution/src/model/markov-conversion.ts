import type { WindowCounts } from '../path/window-counts.ts';

/**
 * The probability that a walk of the chain converts, of any order, exactly, as conversions of so many journeys.
 *
 * Visits v to the windows solve v = e + v Q, e where walks begin, Q the steps; nowhere can a walk stay for ever, so there
 * is one solution. What enters a window leaves it, so the counts divided by the walks that began are that solution, and
 * P = sum of v(s) p(s, conversion) is the conversions divided by them: the observed rate, at every order.
 * @throws RangeError where the counts do not balance, which rows that were added and subtracted cannot do
 */
export function conversionOf(
  counts: WindowCounts,
  withLost: boolean,
): { readonly conversions: number; readonly journeys: number } {
  const weight = (of: { conversions: number; losses: number }) => of.conversions + (withLost ? of.losses : 0);
  const balance = new Float64Array(counts.size);
  const move = (window: number, by: number) => (balance[window] = (balance[window] as number) + by);
  let journeys = 0;
  let conversions = 0;
  for (const step of counts.steps()) {
    if (step.from === null) journeys += weight(step);
    else move(step.from, -weight(step));
    move(step.to, weight(step));
  }
  for (const end of counts.ends()) {
    conversions += end.conversions;
    // a path shorter than the order is a window of its own, where it begins and ends
    if (counts.lengthOf(end.window) < counts.order) journeys += weight(end);
    else move(end.window, -weight(end));
  }
  if (balance.some((left) => left !== 0)) throw new RangeError('what enters a window leaves it');
  return { conversions, journeys };
}
