import { loadPrepared, type Queryable } from '@throughline/postgres';
import { toColumns, type PlacedEvent } from './stored-event.ts';

const appendStatement = loadPrepared(import.meta.url, './append.sql');
const appendOneStatement = loadPrepared(import.meta.url, './append-one.sql');
/** Of an event's columns those that append-one.sql takes from $3 on, in its order. */
const ONE_EVENT = [
  'event_id',
  'name',
  'schema_version',
  'data',
  'occurred_at',
  'precision',
  'inferred',
  'source',
  'recorded_at',
  'traceparent',
  'tracestate',
  'command_id',
  'command_hash',
  'command_index',
  'topic',
  'headers',
  'timestamp',
];
const UNIQUE_VIOLATION = '23505';
const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK_DETECTED = '40P01';
const OLDER_STORE = 'TL001';
const QUERY_CANCELED = '57014';
/** A group waits no longer for a stream that another writer holds; what is for that stream does, by itself. */
export const GROUP_PATIENCE_MS = 50;

/** A stream that is not where the writer thought. */
export interface Moved {
  readonly stream: string;
  readonly actual: number;
}

export interface WriteOptions {
  /** whether the statement itself wakes the relay; it then holds a lock of the whole server during COMMIT */
  readonly ring?: boolean;
  /** most milliseconds to wait for another writer's lock, as long as the session would unless told */
  readonly patienceMs?: number | undefined;
  /** what the process has seen of the store's clock: an older store takes nothing */
  readonly seen?: number;
}

/**
 * Stores events and their records, all or nothing, in one round trip; outside of a transaction that is one by itself.
 * @param expected exact version of every stream written, and of streams that are only asserted
 * @throws TL001 where the store is older than `seen`
 * @returns the streams that moved; none: all is stored. Their rows stay locked until the transaction ends.
 */
export async function write(
  queryable: Queryable,
  expected: ReadonlyMap<string, number>,
  placed: readonly PlacedEvent[],
  { ring = false, patienceMs, seen = 0 }: WriteOptions = {},
): Promise<Moved[]> {
  const [first] = placed;
  if (first !== undefined && placed.length === 1 && expected.size === 1) {
    return writeOne(queryable, first, [patienceMs ?? null, ring, seen]);
  }
  const reached = new Map(expected);
  for (const { event } of placed) reached.set(event.key, event.stream?.version ?? 0);
  const { rows } = await queryable.query<{ moved: string; actual: string }>(appendStatement, [
    [...expected.keys()],
    [...expected.values()],
    [...reached.values()],
    JSON.stringify(placed.map(toColumns)),
    patienceMs ?? null,
    ring,
    seen,
  ]);
  return rows.map(({ moved, actual }) => ({ stream: moved, actual: Number(actual) }));
}

/** One event takes a statement of its own: half the work for the server, and the case of nearly every command. */
async function writeOne(
  queryable: Queryable,
  placed: PlacedEvent,
  options: readonly unknown[],
): Promise<Moved[]> {
  const row = toColumns(placed, 0);
  const columns = ONE_EVENT.map((column) => row[column]);
  const expected = (placed.event.stream?.version ?? 0) - 1;
  const values = [placed.event.key, expected, ...columns, ...options];
  const { rows } = await queryable.query<{ actual: string | null }>(appendOneStatement, values);
  return rows.flatMap(({ actual }) =>
    actual === null ? [] : [{ stream: placed.event.key, actual: Number(actual) }],
  );
}

/** Whether another writer stored the same command at the same time, on a stream that is not locked here. */
export function isSameCommand(error: unknown): boolean {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return code === UNIQUE_VIOLATION && (constraint === 'event_command_once' || constraint === 'event_id_once');
}

/** Whether the store turned out older than the process had seen it. */
export function isOlderStore(error: unknown): boolean {
  return (error as { code?: unknown }).code === OLDER_STORE;
}

/** Whether a stream was held for longer than was to be waited, or one of several was in the way of all. */
export function isOfOne(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === LOCK_NOT_AVAILABLE || code === DEADLOCK_DETECTED || code === QUERY_CANCELED;
}
