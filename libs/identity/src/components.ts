import { standing, type Assertion } from './assertion.ts';
import { compareText } from './rank.ts';

/**
 * Whether an edge holds now, by the last that was said of it. Sameness has no time: persons that were the same until
 * some day are not the same, so an end counts as a withdrawal.
 * @param edge every assertion of one edge
 */
export function holds(edge: readonly Assertion[]): boolean {
  return standing(edge.map((it) => (it.says === 'ended' ? { ...it, says: 'withdrawn' } : it))).length > 0;
}

/**
 * Persons that are the same, by the smallest id of their component (by UTF-16 code unit): whatever the order of the
 * edges, the same answer.
 * @returns canonical person of every person that has an edge
 */
export function canonicalPersons(edges: Iterable<readonly [string, string]>): Map<string, string> {
  const parents = new Map<string, string>();
  for (const [a, b] of edges) {
    const [low, high] = [rootOf(parents, a), rootOf(parents, b)].sort(compareText) as [string, string];
    if (low !== high) parents.set(high, low);
  }
  return new Map([...parents.keys()].sort(compareText).map((person) => [person, rootOf(parents, person)]));
}

function rootOf(parents: Map<string, string>, person: string): string {
  let root = person;
  for (let up = parents.get(root) ?? root; up !== root; up = parents.get(root) ?? root) root = up;
  for (let at = person; at !== root;) {
    const up = parents.get(at) ?? root;
    parents.set(at, root);
    at = up;
  }
  parents.set(root, root);
  return root;
}
