/** Something an emitter tells, with when it happened and how well that is known. */
interface Told {
  /** CloudEvents source: the system that says it */
  readonly source: string;
  /** RFC 3339, null when undated */
  readonly occurredAt: string | null;
  readonly precision: 'instant' | 'day' | 'month' | 'unknown';
  /** fields (of data, or `time`) that were concluded and not said */
  readonly inferred: readonly string[];
  readonly data: unknown;
}

/** A fact: sent as a CloudEvent. `name` without prefix and version, e.g. `touch.recorded`. */
export interface SendableFact extends Told {
  readonly kind: 'fact';
  readonly name: string;
  readonly id: string;
}

/** A decision asked for: sent as a command on one entity. */
export interface SendableCommand extends Told {
  readonly kind: 'command';
  readonly service: 'leads' | 'opportunities';
  /** the command's path, e.g. `follow-up` */
  readonly command: string;
  /** id of the entity */
  readonly on: string;
  readonly commandId: string;
}

export type Sendable = SendableFact | SendableCommand;

/** What became of one item: taken, or refused with the field and the remedy in words. */
export type Outcome = { readonly taken: true } | { readonly taken: false; readonly reason: string };
