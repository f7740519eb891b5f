import type { TableDigest } from '@throughline/projection';
import type { Journalled } from './call.ts';
import type { CreditEvidence } from './credit-evidence.ts';

/** One record of the log, read through the log port. */
export interface Logged {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** null: a record that is no event */
  readonly id: string | null;
  readonly key: string;
  readonly stream: { readonly id: string; readonly version: number } | null;
  readonly hash: string | null;
}

/** One row of a service's event store. */
export interface Stored {
  readonly service: 'leads' | 'opportunities' | 'attribution';
  readonly id: string;
  readonly stream: string;
  readonly version: number;
  readonly name: string;
  readonly source: string;
  readonly commandId: string;
}

/** Where a record went, as the projection's own tables say. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly id: string | null;
  /** null where it is not kept */
  readonly key: string | null;
}

/** All that is known after a run, taken from databases and log themselves. */
export interface Evidence {
  readonly journal: readonly Journalled[];
  /** payload hash of each good fact that was sent, by its id */
  readonly hashes: ReadonlyMap<string, string>;
  readonly log: readonly Logged[];
  readonly stored: readonly Stored[];
  readonly applied: readonly Place[];
  readonly repeated: readonly Place[];
  readonly parked: readonly Place[];
  /** the projection's positions summed: how many records it says it took */
  readonly positions: number;
  readonly outbox: Readonly<Record<string, number>>;
  readonly door: {
    readonly received: number;
    readonly accepted: number;
    readonly quarantined: number;
    readonly refused: number;
  };
  readonly quarantine: ReadonlyMap<string, Buffer>;
  readonly live: readonly TableDigest[];
  readonly fold: readonly TableDigest[];
  /** what `verify` and `rebuild` of the service said; null where all is well */
  readonly verified: string | null;
  readonly rebuilt: string | null;
  readonly credit: CreditEvidence;
  /** what has not come to rest, or ended by itself, or answered late */
  readonly unrest: readonly string[];
}
