import {
  type Assertion,
  byEdge,
  canonicalPersons,
  holds,
  memberships,
  type Membership,
  personAt,
  standing,
  UNDATED,
  type VisitorInterval,
  visitorIntervals,
} from '@throughline/identity';

/** Who is who and where, derived from what was said of some edges. Pure: the same assertions, the same answers. */
export interface Who {
  canonical(person: string): string;
  /** whom a visitor stands for at an instant (null: undated) */
  person(visitor: string, at: string | null): string | null;
  /** true before the visitor was first linked, null where a time is missing to tell */
  anonymous(visitor: string, at: string | null): boolean | null;
  /** the account of a canonical person: in force at the instant, else the earliest that starts later */
  account(canonical: string, at: string | null): string | null;
}

interface Belonging extends Membership {
  readonly account: string;
}

export function whoIsWho(assertions: readonly Assertion[]): Who {
  const of = (relation: Assertion['relation']) => assertions.filter((it) => it.relation === relation);
  const same = byEdge(of('same-person')).filter(holds);
  const canonicals = canonicalPersons(
    same.flatMap(([edge]) => (edge ? [[edge.from, edge.to] as const] : [])),
  );
  const canonical = (person: string) => canonicals.get(person) ?? person;
  const links = Map.groupBy(of('visitor-is-person'), (it) => it.from);
  const intervals = mapped(links, visitorIntervals);
  const firsts = mapped(links, firstLink);
  const belongings = belongingsOf(of('person-in-account'), canonical);
  return {
    canonical,
    person: (visitor, at) => personAt(intervals.get(visitor) ?? NO_INTERVALS, at),
    anonymous: (visitor, at) => isBefore(at, firsts.get(visitor)),
    account: (person, at) => accountAt(belongings.get(person) ?? [], at),
  };
}

const NO_INTERVALS: readonly VisitorInterval[] = [];

/** The instant of the first link in force; null: undated; undefined: there is none. */
function firstLink(assertions: readonly Assertion[]): string | null | undefined {
  const instants = byEdge(assertions)
    .flatMap((edge) => standing(edge).filter(({ says }) => says === 'linked'))
    .map(({ occurredAt }) => occurredAt ?? UNDATED);
  const [first] = instants.sort(compareBounds);
  return first === UNDATED ? null : first;
}

function isBefore(at: string | null, first: string | null | undefined): boolean | null {
  if (first === undefined) return true;
  return at === null || first === null ? null : at < first;
}

function belongingsOf(
  assertions: readonly Assertion[],
  canonical: (person: string) => string,
): Map<string, Belonging[]> {
  const found = new Map<string, Belonging[]>();
  for (const edge of byEdge(assertions)) {
    const [first] = edge;
    if (first === undefined) continue;
    const person = canonical(first.from);
    const here = memberships(edge).map((membership) => ({ ...membership, account: first.to }));
    found.set(person, [...(found.get(person) ?? []), ...here]);
  }
  return found;
}

/** The same rule as `touchPlacement`. */
function accountAt(belongings: readonly Belonging[], at: string | null): string | null {
  const lasting = belongings.filter(({ until, ended }) =>
    until === null ? !(ended && at === null) : compareBounds(until, at ?? UNDATED) > 0,
  );
  const started = lasting.filter(({ since }) => since === null || compareBounds(since, at ?? UNDATED) <= 0);
  const candidates = started.length > 0 ? started : lasting;
  const latestFirst = started.length > 0 ? -1 : 1;
  const [found] = [...candidates].sort(
    (a, b) => latestFirst * compareText(a.since ?? '', b.since ?? '') || compareText(a.account, b.account),
  );
  return found?.account ?? null;
}

function compareBounds(a: string, b: string): number {
  if (a === b) return 0;
  if (a === UNDATED) return 1;
  return b === UNDATED ? -1 : compareText(a, b);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function mapped<K, V, R>(map: ReadonlyMap<K, V>, change: (value: V) => R): Map<K, R> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
