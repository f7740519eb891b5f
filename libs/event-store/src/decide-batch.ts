import { ContractError, type DecisionName } from '@throughline/contracts';
import { DomainError, fold, type Command, type Decider, type DomainEvent } from '@throughline/decider';
import type { Publication, Published } from '@throughline/decider';
import { commandKey, type CommandResult, type IdentifiedCommand } from './command.ts';
import { IdempotencyConflict, WrongVersion, type StreamBusy } from './event-store.error.ts';
import { meets } from './expected.ts';
import { answerAgain, resultOf, type Loaded } from './loaded.ts';
import { place, storedEvent, type PlacedEvent } from './stored-event.ts';

/** What became of one command of a batch. `failed` is a defect of the decider or its publication. */
export type Outcome =
  | { readonly status: 'accepted'; readonly result: CommandResult }
  | { readonly status: 'refused'; readonly error: DomainError | ContractError }
  | { readonly status: 'conflict'; readonly error: WrongVersion | IdempotencyConflict | StreamBusy }
  | { readonly status: 'failed'; readonly error: unknown };

export interface Judge<C extends Command, E extends DomainEvent, S> {
  readonly decider: Decider<C, E, S>;
  readonly publication: Publication<E, DecisionName>;
}

/** A command and what it is judged by; the cases of one batch may be of several deciders. */
export interface Case extends IdentifiedCommand<Command>, Judge<Command, DomainEvent, unknown> {}

/** What is to be stored, and the version of each written stream that it was judged by. */
export interface Decided {
  readonly outcomes: readonly Outcome[];
  readonly placed: readonly PlacedEvent[];
  readonly expected: ReadonlyMap<string, number>;
}

interface Situation {
  readonly history: readonly Published[];
  readonly state: unknown;
  /** whose state it is */
  readonly by: Decider<Command, DomainEvent, unknown>['evolve'];
}

/**
 * Judges commands in order, each by what was loaded and by what those before it in the batch cause.
 * Pure. A command that is refused or fails leaves no trace, so its neighbours are judged as if it had not come.
 */
export function decideBatch(cases: readonly Case[], loaded: Loaded): Decided {
  const situations = new Map<string, Situation>();
  const answered = new Map<string, { hash: string; result: CommandResult }>();
  const expected = new Map<string, number>();
  const placed: PlacedEvent[] = [];

  const situationOf = ({ stream, decider, publication }: Case): Situation => {
    const known = situations.get(stream);
    if (known?.by === decider.evolve) return known;
    const history = known?.history ?? loaded.history(stream);
    const state = fold(
      decider,
      history.map((event) => publication.restore(event)),
    );
    const situation = { history, state, by: decider.evolve };
    situations.set(stream, situation);
    return situation;
  };

  const judge = (item: Case): CommandResult => {
    const { stream, commandId, hash, meta, decider, publication } = item;
    const before = loaded.before(meta.source, commandId);
    if (before !== null) return answerAgain(item, before);
    const key = commandKey(meta.source, commandId);
    const sameBatch = answered.get(key);
    if (sameBatch !== undefined) {
      if (sameBatch.hash !== hash) throw new IdempotencyConflict(commandId);
      return { ...sameBatch.result, replayed: true };
    }
    const { history, state, by } = situationOf(item);
    const version = history.length;
    if (meta.expected !== undefined && !meets(meta.expected, version)) {
      throw new WrongVersion(stream, meta.expected, version);
    }
    const events = decider.decide(item.command, state);
    if (events.length === 0) return resultOf(stream, [], version);
    const stored = events.map((event, index) =>
      place(
        { ...meta, ...publication.publish(event, stream) },
        { ...meta, commandId, hash, index },
        { id: stream, version: version + index + 1 },
      ),
    );
    const next = fold(decider, events, state);
    if (!expected.has(stream)) expected.set(stream, version);
    situations.set(stream, { history: [...history, ...stored.map(({ event }) => event)], state: next, by });
    placed.push(...stored);
    const result = resultOf(stream, stored.map(storedEvent));
    answered.set(key, { hash, result });
    return result;
  };

  return { outcomes: cases.map((item) => outcomeOf(() => judge(item))), placed, expected };
}

function outcomeOf(judge: () => CommandResult): Outcome {
  try {
    return { status: 'accepted', result: judge() };
  } catch (error) {
    if (error instanceof DomainError || error instanceof ContractError) return { status: 'refused', error };
    if (error instanceof WrongVersion || error instanceof IdempotencyConflict)
      return { status: 'conflict', error };
    return { status: 'failed', error };
  }
}
