import { toRecord, type JourneyEvent } from '@throughline/contracts';
import type { CommandMeta, StoredEvent } from '@throughline/event-store';
import type { LogRecord, NewRecord } from '@throughline/log';

/** Jepsen's three: it is so, it is not so, nobody can tell. */
export type Outcome = 'ok' | 'failed' | 'unknown';

export interface Attempt {
  readonly meta: CommandMeta;
  outcome: Outcome;
  /** what an ok was answered with */
  events: readonly (StoredEvent & { readonly stream: string })[];
}

export interface SentFact {
  readonly event: JourneyEvent;
  outcome: Outcome;
}

/** What the simulated callers asked and were answered: the truth that the path is judged by. */
export class Journal {
  /** by command id */
  readonly commands = new Map<string, Attempt[]>();
  /** by the bytes of the record */
  readonly facts = new Map<string, SentFact[]>();
  /** places of the parked events that an operator was told are given up */
  readonly discards: string[] = [];
  /** by place, what an owner was told the position is */
  readonly positions = new Map<string, bigint>();
  /** what must not happen, whatever fails */
  readonly defects: string[] = [];
  /** whether anything may be in the log twice */
  repeats = false;

  /** Notes a call before it is made: unknown until it is answered. */
  command(commandId: string, meta: CommandMeta): Attempt {
    const attempt: Attempt = { meta, outcome: 'unknown', events: [] };
    this.commands.set(commandId, [...(this.commands.get(commandId) ?? []), attempt]);
    return attempt;
  }

  fact(event: JourneyEvent): SentFact {
    const sent: SentFact = { event, outcome: 'unknown' };
    const bytes = bytesOf(toRecord(event));
    this.facts.set(bytes, [...(this.facts.get(bytes) ?? []), sent]);
    return sent;
  }
}

/** Made by the store from the command, for taking events back: no part of what was sent. */
const COMMAND_HASH = 'ce_commandhash';

/** A record's content, to be compared. */
export function bytesOf({ key, value, headers, timestamp }: NewRecord | LogRecord): string {
  const sorted = Object.entries(headers)
    .filter(([name]) => name !== COMMAND_HASH)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([key, value.toString('utf8'), sorted, timestamp]);
}
