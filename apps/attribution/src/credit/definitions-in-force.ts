import { endOfMoment, type Deal, type Definition } from './deal.state.ts';

/**
 * Of each model the version that was in force when the deal closed: the latest in force from then or before, else the
 * first; for a close that nobody dated, the first. A later definition therefore never changes an older deal's (I9).
 */
export function inForceAt(
  definitions: readonly Definition[],
  { closed }: Pick<Deal, 'closed'>,
): Definition[] {
  const closedAt = endOfMoment(closed);
  const models = [...Map.groupBy(definitions, ({ model }) => model)].sort(([a], [b]) => (a < b ? -1 : 1));
  return models.flatMap(([, versions]) => {
    const inOrder = versions.toSorted((a, b) => a.version - b.version);
    const found = inOrder.findLast((it) => closedAt !== null && startOf(it) <= closedAt) ?? inOrder[0];
    return found ? [found] : [];
  });
}

function startOf({ inForceFrom }: Definition): number {
  return inForceFrom === null ? -Infinity : Date.parse(inForceFrom);
}
