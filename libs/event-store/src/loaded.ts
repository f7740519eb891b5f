import type { Command, Published } from '@throughline/decider';
import type { DecisionName } from '@throughline/contracts';
import { loadPrepared, type Queryable } from '@throughline/postgres';
import { IdempotencyConflict } from './event-store.error.ts';
import {
  commandKey,
  UNKNOWN_HASH,
  type CommandResult,
  type IdentifiedCommand,
  type StoredEvent,
} from './command.ts';

const loadStatement = loadPrepared(import.meta.url, './load.sql');

/** The streams a batch of commands is judged by, and what was stored of the commands themselves before. */
export interface Loaded {
  /** what the events of a stream say, in order; none where there is no stream */
  history(stream: string): readonly Published[];
  /** what this command caused when it came before; null: it is new */
  before(source: string, commandId: string): Earlier | null;
}

export interface Earlier {
  readonly hash: string;
  /** in the order they were caused */
  readonly events: readonly (StoredEvent & { readonly stream: string })[];
}

type Row =
  | { readonly found_by: 'stream'; readonly stream: string; readonly name: string; readonly data: string }
  | {
      readonly found_by: 'command';
      readonly stream: string;
      readonly version: string;
      readonly event_id: string;
      readonly name: DecisionName;
      readonly source: string;
      readonly command_id: string;
      readonly command_hash: string;
      readonly command_index: number;
    };

type CommandRow = Extract<Row, { found_by: 'command' }>;

/** One round trip, however many streams and commands. */
export async function load(
  queryable: Queryable,
  streams: readonly string[],
  commands: readonly { readonly source: string; readonly commandId: string }[],
): Promise<Loaded> {
  // Asked for once each: a command that comes several times at once would find its events as often.
  const asked = [
    ...new Map(commands.map((one) => [commandKey(one.source, one.commandId), one] as const)).values(),
  ];
  const { rows } = await queryable.query<Row>(loadStatement, [
    [...new Set(streams)],
    asked.map(({ source }) => source),
    asked.map(({ commandId }) => commandId),
  ]);
  const histories = new Map<string, Published[]>();
  const earlier = new Map<string, CommandRow[]>();
  for (const row of rows) {
    if (row.found_by === 'command') entry(earlier, commandKey(row.source, row.command_id)).push(row);
    else entry(histories, row.stream).push({ name: row.name, data: JSON.parse(row.data) as unknown });
  }
  return {
    history: (stream) => histories.get(stream) ?? [],
    before(source, commandId) {
      const found = earlier.get(commandKey(source, commandId));
      const hash = found?.[0]?.command_hash;
      if (found === undefined || hash === undefined) return null;
      const inOrder = found.toSorted((a, b) => a.command_index - b.command_index);
      const events = inOrder.map(({ event_id: id, name, version, stream }) => ({
        id,
        name,
        version: Number(version),
        stream,
      }));
      return { hash, events };
    },
  };
}

/** The answer that a repeated command was given the first time. @throws IdempotencyConflict on another payload */
export function answerAgain(
  { commandId, hash, stream }: IdentifiedCommand<Command>,
  earlier: Earlier,
): CommandResult {
  if (earlier.hash !== hash && earlier.hash !== UNKNOWN_HASH) throw new IdempotencyConflict(commandId);
  const events = earlier.events.map(({ id, name, version }) => ({ id, name, version }));
  return { ...resultOf(stream, events), replayed: true };
}

/** What a command is answered with; `version` stays the one it led to, whatever came after. */
export function resultOf(stream: string, events: readonly StoredEvent[], version = 0): CommandResult {
  return { stream, version: events.at(-1)?.version ?? version, events, replayed: false };
}

function entry<V>(map: Map<string, V[]>, key: string): V[] {
  let values = map.get(key);
  if (values === undefined) map.set(key, (values = []));
  return values;
}
