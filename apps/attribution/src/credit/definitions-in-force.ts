import { endOfMoment, type Deal, type Definition } from './deal.state.ts';

/**
 * Of each model the version that was in force when the deal closed: the latest in force from then or before, else the
 * first; for a close that nobody dated, the first. A later definition therefore never changes an older deal's (I9).
 */
export function inForceAt(
  definitions: readonly Definition[],
  { closed }: Pick<Deal, 'closed'>,
): Definition[] {
  return inForceOn(definitions, endOfMoment(closed));
}

/** Of each model the version in force at an instant, else the first. @param instant milliseconds; null: nobody knows */
export function inForceOn(definitions: readonly Definition[], instant: number | null): Definition[] {
  const models = [...Map.groupBy(definitions, ({ model }) => model)].sort(([a], [b]) => (a < b ? -1 : 1));
  return models.flatMap(([, versions]) => {
    const inOrder = versions.toSorted((a, b) => a.version - b.version);
    const found = inOrder.findLast((it) => instant !== null && startOf(it) <= instant) ?? inOrder[0];
    return found ? [found] : [];
  });
}

function startOf({ inForceFrom }: Definition): number {
  return inForceFrom === null ? -Infinity : Date.parse(inForceFrom);
}
