import type { EventData } from '@throughline/contracts';
import type { Stored } from './evidence.ts';

export type Credit = EventData<'credit.assigned'>;
export type Definition = EventData<'attribution-model.defined'>;

/** One record of journey.attribution. */
export type Said = Readonly<{
  partition: number;
  offset: bigint;
  id: string;
  stream: { readonly id: string; readonly version: number };
}> &
  (
    | { readonly name: 'credit.assigned' | 'credit.revised'; readonly data: Credit }
    | { readonly name: 'attribution-model.defined'; readonly data: Definition }
    | { readonly name: 'credit.continued'; readonly data: EventData<'credit.continued'> }
    | { readonly name: 'credit.snapshot-taken'; readonly data: object }
  );

/** A row of the credit in force; `said` is its event's data as canonical JSON. */
export interface InForce {
  readonly opportunity: string;
  readonly model: string;
  readonly eventId: string;
  readonly said: string;
}

/** What attribution says of a run, on the log and in its own tables. */
export interface CreditEvidence {
  /** in the order of the log, repeats among them */
  readonly said: readonly Said[];
  readonly stored: readonly Stored[];
  readonly inForce: readonly InForce[];
  /** what is to be said of won deals, from the events of the log without SQL */
  readonly fromScratch: readonly string[];
  /** what its own verification found; null where all is well */
  readonly verified: string | null;
  /** deals marked to be credited, and wishes to look at all again that are open */
  readonly left: { readonly due: number; readonly wishes: number };
}
