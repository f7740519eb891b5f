/** A decision's event as a decider makes it: what happened, before ids and versions are given. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** A wish, in the imperative; `at` is the time the sender says it happened (RFC 3339), null when undated. */
export interface Command<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/**
 * A domain as three plain functions over readonly data (Chassaing, "Functional Event Sourcing Decider", 2021).
 * `decide` throws DomainError when a rule refuses; an empty array means "already so": nothing to record.
 */
export interface Decider<C, E, S> {
  readonly initial: S;
  decide(command: C, state: S): readonly E[];
  evolve(state: S, event: E): S;
}

/** The state after these events, in order. */
export function fold<C, E, S>(decider: Decider<C, E, S>, events: Iterable<E>, from: S = decider.initial): S {
  let state = from;
  for (const event of events) state = decider.evolve(state, event);
  return state;
}

/** A refusal: a code from the module's closed list, and a message that says what to do instead. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
