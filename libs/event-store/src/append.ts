import { canonicalJson } from '@throughline/contracts';
import type { Transaction } from '@throughline/postgres';
import { sha256, UNKNOWN_HASH, type CommandMeta, type StoredEvent } from './command.ts';
import { IdempotencyConflict, StreamBusy, WrongVersion } from './event-store.error.ts';
import { meets, type Expected } from './expected.ts';
import { load } from './loaded.ts';
import { place, storedEvent, type EventToStore, type PlacedEvent } from './stored-event.ts';
import { isSameCommand, write, type Moved } from './write.ts';

/** What one stream gets. Without events the append only asserts the stream's version. */
export interface StreamAppend {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly EventToStore[];
}

export interface AppendResult {
  /** the events stored, in the order given */
  readonly events: readonly (StoredEvent & { readonly stream: string })[];
  readonly replayed: boolean;
}

/** What an append is known by again. */
export type AppendMeta = CommandMeta & { readonly commandId: string };

type Versions = ReadonlyMap<string, number>;

/**
 * Several streams in one statement. The statement knows exact versions only: it is first told a guess, and where an
 * expectation is looser it answers with the true version under lock, so that the second time cannot miss.
 * @param seen what the process has seen of the store's clock
 * @throws WrongVersion, IdempotencyConflict; StreamBusy when the same command came at the same time on other streams
 */
export async function appendStreams(
  tx: Transaction,
  appends: readonly StreamAppend[],
  meta: AppendMeta,
  seen = 0,
): Promise<AppendResult> {
  const { source, commandId } = meta;
  const before = (await load(tx, [], [{ source, commandId }])).before(source, commandId);
  if (before !== null) {
    if (before.hash !== hashOf(appends) && before.hash !== UNKNOWN_HASH)
      throw new IdempotencyConflict(commandId);
    return { events: before.events, replayed: true };
  }
  const busyIfSame = (error: unknown) => {
    throw isSameCommand(error) ? new StreamBusy(appends[0]?.stream ?? '', error) : error;
  };
  const guess = new Map(appends.map(({ stream, expected }) => [stream, guessOf(expected)]));
  if (guess.size !== appends.length) throw new Error('Name each stream once in an append.');
  const first = placeAll(appends, guess, meta);
  const moved = await write(tx, guess, first, { ring: true, seen }).catch(busyIfSame);
  if (moved.length === 0) return { events: first.map(stored), replayed: false };
  const known = corrected(appends, guess, moved);
  const second = placeAll(appends, known, meta);
  const again = await write(tx, known, second, { ring: true, seen }).catch(busyIfSame);
  if (again.length > 0) throw new Error('A locked stream moved; the append is not in a transaction.');
  return { events: second.map(stored), replayed: false };
}

/** The version an expectation names, and where it names none the likeliest. */
export function guessOf(expected: Expected): number {
  if (typeof expected === 'number') return expected;
  return expected === 'exists' ? 1 : 0;
}

function corrected(appends: readonly StreamAppend[], guess: Versions, moved: readonly Moved[]): Versions {
  const actual = new Map([
    ...guess,
    ...moved.map(({ stream, actual: version }) => [stream, version] as const),
  ]);
  for (const { stream, expected } of appends) {
    const version = actual.get(stream) ?? 0;
    if (!meets(expected, version)) throw new WrongVersion(stream, expected, version);
  }
  return actual;
}

/** The events in their places behind these versions. @throws ContractError */
export function placeAll(
  appends: readonly StreamAppend[],
  versions: Versions,
  meta: AppendMeta,
): PlacedEvent[] {
  const hash = hashOf(appends);
  let index = 0;
  return appends.flatMap(({ stream, events }) =>
    events.map((event, n) =>
      place(
        event,
        { ...meta, hash, index: index++ },
        { id: stream, version: (versions.get(stream) ?? 0) + n + 1 },
      ),
    ),
  );
}

export function stored(placed: PlacedEvent): AppendResult['events'][number] {
  return { ...storedEvent(placed), stream: placed.event.key };
}

function hashOf(appends: readonly StreamAppend[]): string {
  return sha256(canonicalJson(appends));
}
