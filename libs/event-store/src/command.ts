import { createHash } from 'node:crypto';
import { canonicalJson, eventId, type DecisionName, type Precision } from '@throughline/contracts';
import type { Command } from '@throughline/decider';
import type { Expected } from './expected.ts';

/** What comes with a command besides its data. */
export interface CommandMeta {
  /** the Idempotency-Key; null: none was sent, and a fresh one is made */
  readonly commandId: string | null;
  /** If-Match: judged before the decider is asked */
  readonly expected?: Expected;
  /** who sent it; becomes the CloudEvents source of what it causes. Command ids are unique within a source. */
  readonly source: string;
  /** when it happened by the sender's clock, RFC 3339 UTC with milliseconds; null: undated */
  readonly occurredAt: string | null;
  readonly precision: Precision;
  readonly inferred: readonly string[];
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  /** one instant a command, given by the door */
  readonly recordedAt: string;
}

/** What a command caused; none: it was already so. */
export interface CommandResult {
  readonly stream: string;
  readonly version: number;
  readonly events: readonly StoredEvent[];
  /** the command was known: this is the answer that was given then */
  readonly replayed: boolean;
}

export interface StoredEvent {
  readonly id: string;
  readonly name: DecisionName;
  readonly version: number;
}

/** One command on one stream. */
export interface CommandItem<C extends Command> {
  readonly stream: string;
  readonly command: C;
  readonly meta: CommandMeta;
}

/** A command that is told apart: by its id within its source, and by the hash of what it says. */
export interface IdentifiedCommand<C extends Command> extends CommandItem<C> {
  readonly commandId: string;
  readonly hash: string;
}

export function identify<C extends Command>(
  item: CommandItem<C>,
  freshId: () => string,
): IdentifiedCommand<C> {
  return { ...item, commandId: item.meta.commandId ?? freshId(), hash: hashOf(item) };
}

/**
 * The CloudEvents id of the event that a command caused at this index; its platform id is a UUIDv5 of it.
 * The name keeps two services apart that were sent the same key by one source, and both from that source's facts.
 */
export function sourceIdOf(commandId: string, name: string, index: number): string {
  return `${commandId}:${name}:${index}`;
}

/** Hash of a command whose event was taken back from a log that does not carry it: any payload is its repeat. */
export const UNKNOWN_HASH = '';

/** The command that an event's `sourceIdOf` names; null where it names none, so that no store has made the event. */
export function commandOf(sourceId: string, name: string): { commandId: string; index: number } | null {
  const end = /:(0|[1-9]\d{0,8})$/.exec(sourceId);
  const before = end === null ? '' : sourceId.slice(0, end.index);
  if (end === null || !before.endsWith(`:${name}`) || before.length === name.length + 1) return null;
  return { commandId: before.slice(0, -name.length - 1), index: Number(end[1]) };
}

/** An id that the server makes for what a command creates: the same when the command comes again. */
export function idFromCommand(source: string, commandId: string, what: string): string {
  return eventId(source, `${commandId}:${what}`);
}

/** Key of a command within the whole store. */
export function commandKey(source: string, commandId: string): string {
  return JSON.stringify([source, commandId]);
}

// A door that had no time from its sender may use its own clock, which a repeat does not meet again.
function hashOf({ stream, command, meta }: CommandItem<Command>): string {
  const occurredAt = meta.occurredAt === meta.recordedAt ? 'when recorded' : meta.occurredAt;
  const said = {
    stream,
    type: command.type,
    data: command.data,
    occurredAt,
    inferred: [...meta.inferred].sort(),
  };
  return sha256(canonicalJson({ ...said, precision: meta.precision }));
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
