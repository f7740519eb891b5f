import {
  isRead,
  nameIn,
  placeOf,
  streamOf,
  type Fault,
  type Item,
  type ReadItem,
  type UnreadItem,
} from './item.ts';

export interface Seen {
  readonly eventId: string;
  readonly hash: string;
}

/** What the database knows about the keys, streams and events of some items of one topic; moved on by `sequence`. */
export interface Known {
  /** applied events by id */
  readonly seen: Map<string, Seen>;
  /** applied events by `versionKey` */
  readonly versions: Map<string, Seen>;
  /** last applied version by stream */
  readonly heads: Map<string, number>;
  /** keys with parked events, and whether one of those is poison or they only wait for a version */
  readonly blocked: Map<string, 'poison' | 'gap'>;
  /** what an operator discarded, by `placeOf` and `nameIn` */
  readonly discarded: ReadonlySet<string>;
}

export interface Parked {
  readonly item: Item;
  readonly state: 'poison' | 'gap' | 'queued' | 'discarded';
  readonly fault: Fault;
}

export interface Repeat {
  readonly item: ReadItem;
  /** the event that stands, null where its version was discarded */
  readonly standing: string | null;
  readonly conflict: boolean;
}

export interface Outcome {
  readonly applied: ReadItem[];
  readonly repeats: Repeat[];
  readonly parked: Parked[];
  readonly heads: Map<string, number>;
  /** keys whose gap was filled: their waiting events come next */
  readonly opened: Set<string>;
  /** items of opened keys, to be placed after those that waited, or the cut of batches would show */
  readonly deferred: Item[];
}

export function versionKey(stream: string, version: number): string {
  return `${version} ${stream}`;
}

/**
 * Decides for every item, in order, whether it is applied, a repeat, parked, or deferred (I3, I6, I7): exactly one.
 * @param opened keys opened before these items
 * @param attempt projects one event and gives its fault, or null when its effects were taken
 */
export function sequence(
  items: readonly Item[],
  known: Known,
  opened: ReadonlySet<string>,
  attempt: (item: ReadItem) => Fault | null,
): Outcome {
  const outcome: Outcome = {
    applied: [],
    repeats: [],
    parked: [],
    heads: new Map(),
    opened: new Set(opened),
    deferred: [],
  };
  for (const item of items) {
    if (outcome.opened.has(item.key)) outcome.deferred.push(item);
    else place(item, known, outcome, attempt);
  }
  return outcome;
}

const BEHIND: Fault = { code: 'behind', reason: 'waits behind an earlier event of its key' };
const DISCARDED: Fault = { code: 'discarded', reason: 'discarded by an operator' };
/** Counted as a repeat it would leave its stream waiting for a version that no reemit brings. */
const ID_TAKEN: Fault = {
  code: 'event-id-taken',
  reason: 'another event of the same source has its id; both are kept in the log, discard this one to go on',
};

function place(item: Item, known: Known, outcome: Outcome, attempt: (item: ReadItem) => Fault | null): void {
  if (!isRead(item)) return placeUnread(item, known, outcome);
  const blocked = known.blocked.get(item.key);
  const park = (state: Parked['state'], fault: Fault) => void outcome.parked.push({ item, state, fault });
  const { event, hash } = item.read;
  const { topic } = item.record;
  const discarded = known.discarded.has(nameIn(topic, event.id)) || known.discarded.has(placeOf(item.record));
  const repeated = event.stream ? takenVersion(item, known) : known.seen.get(event.id);
  if (repeated === null && discarded) return park('discarded', DISCARDED);
  if (repeated !== undefined) {
    const conflict = repeated === null || repeated.eventId !== event.id || repeated.hash !== hash;
    return void outcome.repeats.push({ item, standing: repeated?.eventId ?? null, conflict });
  }
  if (blocked === 'poison') return park('queued', BEHIND);
  const head = event.stream ? (known.heads.get(event.stream.id) ?? 0) : 0;
  const next = event.stream ? event.stream.version === head + 1 : blocked === undefined;
  if (!next) {
    if (blocked) return park('queued', BEHIND);
    known.blocked.set(item.key, 'gap');
    return park('gap', { code: 'waiting-for-version', reason: `waiting for version ${head + 1}` });
  }
  if (discarded) {
    park('discarded', DISCARDED);
  } else {
    const fault = known.seen.has(event.id) ? ID_TAKEN : attempt(item);
    if (fault) {
      known.blocked.set(item.key, 'poison');
      return park('poison', fault);
    }
    outcome.applied.push(item);
    known.seen.set(event.id, { eventId: event.id, hash });
    if (event.stream)
      known.versions.set(versionKey(event.stream.id, event.stream.version), { eventId: event.id, hash });
  }
  moveHead(item, known, outcome);
}

/**
 * Given up, it fills the version that its headers name, since no reemit brings one that can be read. So it has to wait
 * for its turn like any other: when it was given up and when it is met in a rebuild, other versions may be there.
 */
function placeUnread(item: UnreadItem, known: Known, outcome: Outcome): void {
  const blocked = known.blocked.get(item.key);
  const stream = streamOf(item);
  const ahead = stream ? stream.version - (known.heads.get(stream.id) ?? 0) : 0;
  const next = ahead === 1 && blocked !== 'poison';
  const waits = blocked !== undefined && !next;
  if (known.discarded.has(placeOf(item.record)) && !(waits && ahead > 0)) {
    outcome.parked.push({ item, state: 'discarded', fault: DISCARDED });
    if (next) moveHead(item, known, outcome);
    return;
  }
  if (!waits) known.blocked.set(item.key, 'poison');
  outcome.parked.push({ item, state: waits ? 'queued' : 'poison', fault: item.fault });
}

function moveHead(item: Item, known: Known, outcome: Outcome): void {
  const stream = streamOf(item);
  if (!stream) return;
  known.heads.set(stream.id, stream.version);
  outcome.heads.set(stream.id, stream.version);
  if (known.blocked.get(item.key) === 'gap') outcome.opened.add(item.key);
}

/** The event that took this version already; null where it was discarded; undefined where the version is not taken. */
function takenVersion({ read: { event } }: ReadItem, known: Known): Seen | null | undefined {
  if (!event.stream || event.stream.version > (known.heads.get(event.stream.id) ?? 0)) return undefined;
  return known.versions.get(versionKey(event.stream.id, event.stream.version)) ?? null;
}
