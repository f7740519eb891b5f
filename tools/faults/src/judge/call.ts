/** A fact as it is sent, or something that only looks like one. */
export interface SentFact {
  /** the platform's id; null when what was sent has none that could be known */
  readonly id: string | null;
  /** the item byte for byte */
  readonly raw: string;
  /** whether the door should take it */
  readonly good: boolean;
}

export interface SentCommand {
  readonly source: string;
  readonly commandId: string;
  readonly stream: string;
}

/** One request, noted before it leaves. */
export interface Call {
  readonly n: number;
  readonly at: string;
  readonly service: 'touches' | 'leads' | 'opportunities';
  readonly facts: readonly SentFact[];
  readonly commands: readonly SentCommand[];
  /** keys of records that a fault wrote to the log itself: nobody promised anything about them */
  readonly injected?: readonly string[];
}

export type ItemOutcome =
  | { readonly is: 'ok'; readonly events: readonly string[] }
  | { readonly is: 'quarantined'; readonly quarantine: string }
  | { readonly is: 'refused' }
  | { readonly is: 'unknown' };

/** What became of it: one outcome an item, in order. Unknown: no answer, or one that says neither yes nor no. */
export interface Ended {
  readonly n: number;
  readonly status: number | null;
  readonly why?: string;
  readonly outcomes: readonly ItemOutcome[];
}

export type Line = { readonly call: Call } | { readonly ended: Ended };
export interface Journalled {
  readonly call: Call;
  readonly ended: Ended | null;
}
