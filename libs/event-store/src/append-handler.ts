import type { Database } from '@throughline/postgres';
import {
  appendStreams,
  guessOf,
  placeAll,
  stored,
  type AppendMeta,
  type AppendResult,
  type StreamAppend,
} from './append.ts';
import type { Bell } from './bell.ts';
import { commandKey } from './command.ts';
import { StreamBusy } from './event-store.error.ts';
import type { StoreClock } from './log-check/store-clock.ts';
import { GroupCommit, type GroupLimits } from './group-commit.ts';
import { GROUP_PATIENCE_MS, write } from './write.ts';

/** Appends of one command, all or nothing. */
export interface NewAppend {
  readonly appends: readonly StreamAppend[];
  readonly meta: AppendMeta;
}

/**
 * Appends that have no transaction of their own, in groups: one statement, without asking first whether the commands
 * are known. A repeat meets a stream that it moved itself, or its own command id, and is then answered alone.
 */
export class AppendHandler {
  readonly #database: Database;
  readonly #bell: Bell;
  readonly #clock: StoreClock;
  readonly #group: GroupCommit<NewAppend, AppendResult>;

  constructor(database: Database, bell: Bell, clock: StoreClock, limits?: GroupLimits) {
    this.#database = database;
    this.#bell = bell;
    this.#clock = clock;
    this.#group = new GroupCommit(
      { streams: streamsOf, together: (items) => this.#together(items), alone: (item) => this.#alone(item) },
      limits,
    );
  }

  append(item: NewAppend): Promise<AppendResult> {
    return this.#group.add(item);
  }

  async #together(items: readonly NewAppend[]): Promise<AppendResult[] | ReadonlySet<string>> {
    const unfit = unfitForGroups(items);
    if (unfit.size > 0) return unfit;
    const expected = new Map(
      items.flatMap(({ appends }) => appends.map((append) => [append.stream, guessOf(append.expected)])),
    );
    const placed = items.map(({ appends, meta }) => placeAll(appends, expected, meta));
    const moved = await write(this.#database, expected, placed.flat(), {
      patienceMs: GROUP_PATIENCE_MS,
      seen: this.#clock.seen,
    });
    if (moved.length > 0) return new Set(moved.map(({ stream }) => stream));
    this.#bell.ring();
    return placed.map((events) => ({ events: events.map(stored), replayed: false }));
  }

  /** Once more where the same command came at the same time: it is known then. */
  #alone(item: NewAppend, again = true): Promise<AppendResult> {
    const { appends, meta } = item;
    const appended = this.#database.transaction((tx) => appendStreams(tx, appends, meta, this.#clock.seen));
    return appended.catch((error: unknown) => {
      if (again && error instanceof StreamBusy) return this.#alone(item, false);
      throw error;
    });
  }
}

/** Streams of appends that would only collide: of one stream or command, or without an exact version and an event. */
function unfitForGroups(items: readonly NewAppend[]): Set<string> {
  const taken = new Set<string>();
  const fits = ({ appends, meta }: NewAppend): boolean => {
    const keys = [...appends.map(({ stream }) => stream), commandKey(meta.source, meta.commandId)];
    const isNew = keys.every((key) => !taken.has(key)) && new Set(keys).size === keys.length;
    for (const key of keys) taken.add(key);
    const isExact = appends.every(({ expected }) => expected !== 'any' && expected !== 'exists');
    return isNew && isExact && appends.some(({ events }) => events.length > 0);
  };
  return new Set(items.filter((item) => !fits(item)).flatMap(streamsOf));
}

function streamsOf({ appends }: NewAppend): string[] {
  return appends.map(({ stream }) => stream);
}
