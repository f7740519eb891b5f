import { byEdge, standing, type Assertion } from './assertion.ts';
import { compareInstants, compareRank, compareText, type Rank } from './rank.ts';

/** From `since` (null: from the first) to before `until` (null: on) a visitor is this person. */
export interface VisitorInterval {
  readonly since: string | null;
  readonly until: string | null;
  readonly person: string;
}

/** One link in force: from its rank on, until before `until`. */
interface Link {
  readonly rank: Rank;
  readonly person: string;
  readonly until: string | null;
}

/**
 * The instant at which what is undated stands: after every date. In an interval it is a bound as any other;
 * PostgreSQL knows it by the same name.
 */
export const UNDATED = 'infinity';

/**
 * Whom one visitor stands for, over time. A shared device has several persons and merges none: a touch goes to the
 * latest link at or before it, else to the earliest. An ended link holds until its end; a withdrawn one never was.
 * @param assertions of `visitor-is-person` edges of one visitor, in any order, repeats allowed
 * @returns half-open intervals in order; a touch at `at` is of the person where since <= (at ?? UNDATED) < until
 */
export function visitorIntervals(assertions: readonly Assertion[]): VisitorInterval[] {
  const links = byEdge(assertions)
    .flatMap(linksOf)
    .sort((a, b) => compareRank(a.rank, b.rank));
  const [first] = links;
  if (!first) return [];
  const bounds = [
    ...new Set(links.flatMap(({ rank, until }) => [at(rank), ...(until === null ? [] : [until])])),
  ];
  bounds.sort(compareBounds);
  const intervals: VisitorInterval[] = [{ since: null, until: bounds[0] ?? null, person: first.person }];
  for (const [index, since] of bounds.entries()) {
    const person = inForce(links, since);
    if (person !== null) intervals.push({ since, until: bounds[index + 1] ?? null, person });
  }
  return joined(intervals);
}

/** Whom a visitor stands for at an instant (null: undated); null where there is no link, or all had ended. */
export function personAt(intervals: readonly VisitorInterval[], instant: string | null): string | null {
  const when = instant ?? UNDATED;
  const found = intervals.find(
    ({ since, until }) =>
      (since === null || compareBounds(since, when) <= 0) &&
      (until === null || compareBounds(when, until) < 0),
  );
  return found?.person ?? null;
}

/** Every `linked` is a link of its own, so that a device going back and forth is told apart. */
function linksOf(edge: readonly Assertion[]): Link[] {
  const said = standing(edge);
  return said.flatMap((it, index) => {
    if (it.says !== 'linked') return [];
    // an end ends what came before it, and what is undated
    const end = said.slice(it.occurredAt === null ? 0 : index + 1).find(({ says }) => says === 'ended');
    return [{ rank: it, person: it.to, until: end ? at(end) : null }];
  });
}

function inForce(links: readonly Link[], instant: string): string | null {
  const holds = ({ rank, until }: Link) =>
    compareBounds(at(rank), instant) <= 0 && (until === null || compareBounds(instant, until) < 0);
  return links.findLast(holds)?.person ?? null;
}

/** Neighbours of one person as one. */
function joined(intervals: readonly VisitorInterval[]): VisitorInterval[] {
  const result: VisitorInterval[] = [];
  for (const interval of intervals) {
    const before = result.at(-1);
    if (before && before.person === interval.person && before.until === interval.since) {
      result[result.length - 1] = { ...before, until: interval.until };
    } else result.push(interval);
  }
  return result;
}

function at({ occurredAt }: Rank): string {
  return occurredAt ?? UNDATED;
}

function compareBounds(a: string, b: string): number {
  if (a === UNDATED || b === UNDATED)
    return compareInstants(a === UNDATED ? null : a, b === UNDATED ? null : b);
  return compareText(a, b);
}
