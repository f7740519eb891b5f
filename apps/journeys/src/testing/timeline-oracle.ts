import type { EventData, JourneyEvent } from '@throughline/contracts';

/**
 * Timelines worked out the plain way, over all events at once: shares no SQL and no code with the service. A line is the
 * sourceId of its event; that of a withdrawn touch says by what and when.
 */
export class TimelineOracle {
  private readonly events: readonly JourneyEvent[];

  constructor(events: readonly JourneyEvent[]) {
    const first = new Map<string, JourneyEvent>();
    for (const event of events) if (!first.has(event.id)) first.set(event.id, event);
    this.events = [...first.values()].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  }

  person(id: string): string[] {
    const group = this.samePersons(id);
    return this.where((event) => {
      if (this.named(event).some((person) => group.has(person))) return true;
      const person = this.personOf(event);
      return person !== null && group.has(person);
    });
  }

  account(id: string): string[] {
    return this.where((event) => {
      const { account } = event.data as { account?: string | null };
      if (account != null) return account === id;
      const ends = edgeOf(event);
      if (ends?.relation === 'person-in-account') return ends.to === id;
      const person = this.personOf(event);
      return person !== null && this.accountOf(person, event.occurredAt) === id;
    });
  }

  /** Whose each touch is: by sourceId, canonical person and account, and whether it is withdrawn. */
  touches(): Map<string, readonly [string | null, string | null, boolean]> {
    const touches = this.events.filter(({ name }) => name === 'touch.recorded');
    return new Map(
      touches.map((event) => {
        const person = this.personOf(event);
        const named = (event.data as { account?: string | null }).account ?? null;
        const canonical = person === null ? null : ([...this.samePersons(person)].sort()[0] ?? person);
        const account = named ?? (person === null ? null : this.accountOf(person, event.occurredAt));
        return [event.sourceId, [canonical, account, this.withdrawalOf(event) !== undefined]];
      }),
    );
  }

  private where(stands: (event: JourneyEvent) => boolean): string[] {
    return this.events.filter(stands).map((event) => {
      const withdrawn = this.withdrawalOf(event);
      if (withdrawn === undefined) return event.sourceId;
      return `${event.sourceId} withdrawn by ${withdrawn.id} at ${withdrawn.occurredAt}`;
    });
  }

  /** The first that says that a touch never was. */
  private withdrawalOf(touch: JourneyEvent): JourneyEvent | undefined {
    if (touch.name !== 'touch.recorded') return undefined;
    return this.events.find(({ name, source, data }) => {
      if (name !== 'touch.withdrawn') return false;
      const says = data as { touch: string; source?: string | null };
      return says.touch === touch.sourceId && (says.source ?? source) === touch.source;
    });
  }

  private named(event: JourneyEvent): string[] {
    const ends = edgeOf(event);
    if (ends === null) return [(event.data as { person?: string | null }).person ?? []].flat();
    if (ends.relation === 'same-person') return [ends.from, ends.to];
    return ends.relation === 'visitor-is-person' ? [ends.to] : [ends.from];
  }

  private personOf(event: JourneyEvent): string | null {
    const [named] = this.named(event);
    if (named !== undefined) return named;
    const { visitor } = event.data as Partial<EventData<'touch.recorded'>>;
    return visitor == null ? null : this.holder(visitor, event.occurredAt ?? '~');
  }

  private holder(visitor: string, at: string): string | null {
    const links = this.said('visitor-is-person', visitor).flatMap(({ person, list }) =>
      list.flatMap((it, n) => {
        if (it.says !== 'linked') return [];
        const end = list.slice(n + 1).find(({ says }) => says === 'ended');
        return [{ person, from: it.at, order: it.order, until: end?.at ?? null }];
      }),
    );
    links.sort((a, b) => (a.order < b.order ? -1 : 1));
    const [earliest] = links;
    if (earliest !== undefined && at < earliest.from) return earliest.person;
    const open = links.filter(({ from, until }) => from <= at && (until === null || at < until));
    return open.at(-1)?.person ?? null;
  }

  private accountOf(person: string, occurredAt: string | null): string | null {
    const at = occurredAt ?? '~';
    const stays = [...this.samePersons(person)].flatMap((each) =>
      this.said('person-in-account', each).flatMap(({ person: account, list }) => staysOf(list, account)),
    );
    const lasting = stays.filter(({ until }) => until === null || until > at);
    const begun = lasting.filter(({ since }) => since <= at);
    const best = begun.length > 0 ? begun : lasting;
    const order = (stay: Stay) => stay.since;
    best.sort((a, b) => (a.account < b.account ? -1 : 1));
    best.sort(
      (a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0) * (begun.length > 0 ? -1 : 1),
    );
    return best[0]?.account ?? null;
  }

  private samePersons(person: string): Set<string> {
    const group = new Set([person]);
    for (const member of group) {
      for (const event of this.events) {
        const ends = edgeOf(event);
        if (ends?.relation !== 'same-person' || (ends.from !== member && ends.to !== member)) continue;
        const last = this.events.filter((each) => sameEdge(edgeOf(each), ends)).at(-1);
        if (last?.name === 'identity.linked') group.add(ends.from).add(ends.to);
      }
    }
    return group;
  }

  /** What still counts of each edge from one end, in order. */
  private said(relation: string, from: string): { person: string; list: Said[] }[] {
    const edges = new Map<string, Said[]>();
    for (const event of this.events) {
      const ends = edgeOf(event);
      if (ends?.relation !== relation || ends.from !== from) continue;
      const says = event.name === 'identity.linked' ? 'linked' : ends.withdrawn ? 'withdrawn' : 'ended';
      const before = says === 'withdrawn' ? [] : (edges.get(ends.to) ?? []);
      edges.set(
        ends.to,
        says === 'withdrawn' ? [] : [...before, { says, at: event.occurredAt ?? '~', order: rank(event) }],
      );
    }
    return [...edges].map(([person, list]) => ({ person, list }));
  }
}

interface Said {
  readonly says: string;
  readonly at: string;
  readonly order: string;
}

interface Stay {
  readonly account: string;
  readonly since: string;
  readonly until: string | null;
}

/** Every event here is dated, so stays have plain bounds. */
function staysOf(list: readonly Said[], account: string): Stay[] {
  const stays: Stay[] = [];
  let since: string | null = null;
  for (const { says, at } of list) {
    if (says === 'linked') since ??= at;
    else if (since !== null) {
      if (since !== at) stays.push({ account, since, until: at });
      since = null;
    }
  }
  return since === null ? stays : [...stays, { account, since, until: null }];
}

function edgeOf(event: JourneyEvent) {
  if (!event.name.startsWith('identity.')) return null;
  return event.data as { relation: string; from: string; to: string; withdrawn?: boolean };
}

type Ends = ReturnType<typeof edgeOf>;

function sameEdge(a: Ends, b: Ends): boolean {
  if (a === null || b === null || a.relation !== b.relation) return false;
  return (a.from === b.from && a.to === b.to) || (a.from === b.to && a.to === b.from);
}

function rank({ occurredAt, id }: JourneyEvent): string {
  return `${occurredAt ?? '~'} ${id}`;
}
