import { fromRecord, type JourneyEvent } from '@throughline/contracts';
import type { LogRecord } from '@throughline/log';

/** Where the records of one partition must have gone. */
export interface Account {
  accepted: number;
  applied: number;
  duplicates: number;
  parked: number;
  discarded: number;
}

export interface Expected {
  /** events that must have been applied, each once, in the order of each key */
  readonly events: readonly JourneyEvent[];
  /** by `topic/partition` */
  readonly accounts: ReadonlyMap<string, Account>;
  /** keys that must hold something back */
  readonly parkedKeys: ReadonlySet<string>;
  readonly heads: ReadonlyMap<string, number>;
}

interface KeyState {
  head: number;
  blocked: boolean;
  readonly seen: Set<string>;
  readonly discardedVersions: Set<number>;
}

/**
 * What a consumer must make of a log, told by going through it key by key with the discards known beforehand: no
 * batches, no database, no code of the projection.
 */
export function expectedOf(
  records: readonly LogRecord[],
  discarded: ReadonlySet<string>,
  isPoison: (event: JourneyEvent) => boolean,
): Expected {
  const events: JourneyEvent[] = [];
  const accounts = new Map<string, Account>();
  const keys = new Map<string, KeyState>();
  for (const record of records) {
    const event = fromRecord(record);
    const key = `${record.topic} ${record.key}`;
    const state = keys.get(key) ?? { head: 0, blocked: false, seen: new Set(), discardedVersions: new Set() };
    keys.set(key, state);
    const fate = fateOf(event, state, discarded, isPoison);
    if (fate === 'applied') events.push(event);
    const account = accountOf(accounts, `${record.topic}/${record.partition}`);
    account.accepted += 1;
    account[fate === 'discarded' ? 'parked' : fate] += 1;
    if (fate === 'discarded') account.discarded += 1;
  }
  return {
    events,
    accounts,
    parkedKeys: new Set([...keys].filter(([, { blocked }]) => blocked).map(([key]) => key)),
    heads: new Map([...keys].filter(([, { head }]) => head > 0).map(([key, { head }]) => [key, head])),
  };
}

function fateOf(
  event: JourneyEvent,
  state: KeyState,
  discarded: ReadonlySet<string>,
  isPoison: (event: JourneyEvent) => boolean,
): 'applied' | 'duplicates' | 'parked' | 'discarded' {
  const version = event.stream?.version ?? null;
  const givenUp = discarded.has(event.id);
  if (version !== null && version <= state.head) {
    return givenUp && state.discardedVersions.has(version) ? 'discarded' : 'duplicates';
  }
  if (version === null && state.seen.has(event.id)) return 'duplicates';
  if (state.blocked || (version !== null && version > state.head + 1)) return 'parked';
  if (!givenUp && isPoison(event)) {
    state.blocked = true;
    return 'parked';
  }
  if (version !== null) {
    state.head = version;
    if (givenUp) state.discardedVersions.add(version);
  }
  if (givenUp) return 'discarded';
  state.seen.add(event.id);
  return 'applied';
}

function accountOf(accounts: Map<string, Account>, place: string): Account {
  const account = accounts.get(place) ?? { accepted: 0, applied: 0, duplicates: 0, parked: 0, discarded: 0 };
  accounts.set(place, account);
  return account;
}
