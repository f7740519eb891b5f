import { loadSql, type Queryable } from '@throughline/postgres';
import { IdempotencyConflict } from './event-store.error.ts';
import { commandKey, type CommandResult, type IdentifiedCommand } from './command.ts';
import { fromRow, type DecisionEvent, type EventRow } from './stored-event.ts';
import type { Command } from '@throughline/decider';

const loadStatement = loadSql(import.meta.url, './load.sql');

/** The streams a batch of commands is judged by, and what was stored of the commands themselves before. */
export interface Loaded {
  /** the events of a stream in order, none where there is no stream */
  history(stream: string): readonly DecisionEvent[];
  /** what this command caused when it came before, in the order it was caused; null: it is new */
  before(source: string, commandId: string): Earlier | null;
}

export interface Earlier {
  readonly hash: string;
  readonly events: readonly DecisionEvent[];
}

/** One round trip, however many streams and commands. */
export async function load(
  queryable: Queryable,
  streams: readonly string[],
  commands: readonly { readonly source: string; readonly commandId: string }[],
): Promise<Loaded> {
  const { rows } = await queryable.query<EventRow & { found_by: 'stream' | 'command' }>(loadStatement, [
    [...new Set(streams)],
    commands.map(({ source }) => source),
    commands.map(({ commandId }) => commandId),
  ]);
  const histories = new Map<string, DecisionEvent[]>();
  const earlier = new Map<string, EventRow[]>();
  for (const row of rows) {
    if (row.found_by === 'stream') entry(histories, row.stream).push(fromRow(row));
    else entry(earlier, commandKey(row.source, row.command_id)).push(row);
  }
  return {
    history: (stream) => histories.get(stream) ?? [],
    before(source, commandId) {
      const found = earlier.get(commandKey(source, commandId));
      const first = found?.[0];
      if (found === undefined || first === undefined) return null;
      const inOrder = found.toSorted((a, b) => a.command_index - b.command_index);
      return { hash: first.command_hash, events: inOrder.map(fromRow) };
    },
  };
}

/** The answer that a repeated command was given the first time. @throws IdempotencyConflict on another payload */
export function answerAgain(
  { commandId, hash, stream }: IdentifiedCommand<Command>,
  earlier: Earlier,
): CommandResult {
  if (earlier.hash !== hash) throw new IdempotencyConflict(commandId);
  return { ...resultOf(stream, earlier.events), replayed: true };
}

/** What a command is answered with; `version` stays the one it led to, whatever came after. */
export function resultOf(stream: string, events: readonly DecisionEvent[], version = 0): CommandResult {
  const stored = events.map(({ id, name, stream: at }) => ({ id, name, version: at?.version ?? 0 }));
  return {
    stream,
    version: stored.at(-1)?.version ?? version,
    events: stored,
    replayed: false,
  };
}

function entry<V>(map: Map<string, V[]>, key: string): V[] {
  let values = map.get(key);
  if (values === undefined) map.set(key, (values = []));
  return values;
}
