import { orderedEdge, payloadHash, type JourneyEvent, type Relation } from '@throughline/contracts';
import { compareRank, compareText, type Rank } from './rank.ts';

/**
 * One thing that was said of one edge. The set of assertions is the truth; links, persons and memberships are
 * derived from it and can be derived again.
 */
export interface Assertion extends Rank {
  readonly relation: Relation;
  /** ends in canonical order: visitor before person before account, the smaller person first, child before parent */
  readonly from: string;
  readonly to: string;
  /** linked: it is so from then on; ended: it was so until then; withdrawn: it never was so */
  readonly says: 'linked' | 'ended' | 'withdrawn';
}

/** What an event says of an edge; null where it says nothing of one. */
export function assertionOf(event: JourneyEvent): Assertion | null {
  if (event.name === 'identity.linked') {
    return assertion(event, (event as JourneyEvent<'identity.linked'>).data, 'linked');
  }
  if (event.name !== 'identity.unlinked') return null;
  const { data } = event as JourneyEvent<'identity.unlinked'>;
  return assertion(event, data, data.withdrawn ? 'withdrawn' : 'ended');
}

function assertion(
  event: JourneyEvent,
  edge: { readonly relation: Relation; readonly from: string; readonly to: string },
  says: Assertion['says'],
): Assertion {
  const { id: eventId, occurredAt } = event;
  return { ...orderedEdge(edge), says, eventId, occurredAt, payloadHash: payloadHash(event) };
}

/**
 * The assertions of one edge that still count, in rank order without repeats. A withdrawal undoes everything but what
 * is dated after it: where the order cannot be known, because one of the two is undated, the withdrawal wins.
 */
export function standing(assertions: readonly Assertion[]): Assertion[] {
  const ordered = [...assertions]
    .sort(compareRank)
    .filter((it, at, all) => it.eventId !== all[at - 1]?.eventId);
  const last = ordered.findLastIndex((it) => it.says === 'withdrawn');
  if (last === -1) return ordered;
  return ordered.slice(last + 1).filter((it) => it.occurredAt !== null);
}

/** Assertions by edge, each list in any order. */
export function byEdge(assertions: readonly Assertion[]): Assertion[][] {
  const edges = Map.groupBy(assertions, (it) => JSON.stringify([it.relation, it.from, it.to]));
  return [...edges.entries()].sort(([a], [b]) => compareText(a, b)).map(([, list]) => list);
}
