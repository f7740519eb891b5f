import type { CREDIT_SCOPES, EventData, Precision } from '@throughline/contracts';
import type { AccountScope, RecordedTouch } from '@throughline/attribution';

/** What a credit says, its deal included. */
export type Credit = EventData<'credit.assigned'>;
/** How many touches count for a deal under a model, and how many of its touches do not, by reason. */
export type Counts = { readonly [K in 'considered' | 'leftOut']: NonNullable<Credit[K]> };
/** A version of a model. */
export type Definition = EventData<'attribution-model.defined'>;
export type Scope = (typeof CREDIT_SCOPES)[number] & AccountScope;

/** When something happened, and how well that is known. */
export interface Moment {
  readonly at: string | null;
  readonly precision: Precision;
}

/** A deal as the evidence has it now, with every touch that may belong to it. */
export interface Deal {
  readonly opportunity: string;
  readonly outcome: 'won' | 'lost' | 'open';
  readonly account: string | null;
  readonly owner: string | null;
  /** minor units; null: nobody knows */
  readonly amount: bigint | null;
  readonly currency: string | null;
  readonly opened: Moment;
  readonly closed: Moment;
  /** capture of its first lead */
  readonly lead: Moment;
  /** captures of all its leads, in no order of time */
  readonly captures: readonly Moment[];
  /** each time that it was opened again */
  readonly reopened: readonly Moment[];
  readonly leads: readonly string[];
  /** its own, else those its leads were captured with */
  readonly accounts: readonly string[];
  /** persons (canonical) of its buying committee, in the order of joining */
  readonly contacts: readonly string[];
  /** persons (canonical) of its leads, the first captured first */
  readonly leadPersons: readonly string[];
  /** other deals won with the same account */
  readonly wonBefore: readonly (Moment & { readonly opportunity: string })[];
  readonly touches: readonly PlacedTouch[];
}

/** A touch with whose it is; null: nobody knows. `channel` is never null, see `UNKNOWN_CHANNEL`. */
export interface PlacedTouch extends RecordedTouch {
  readonly kind: 'activity' | 'exposure';
  readonly person: string | null;
  readonly account: string | null;
  readonly lead: string | null;
  /** whether it names the deal itself */
  readonly named: boolean;
}

/** Stands for a channel that nobody said, on paths and for rules that go by channel; reports say null. */
export const UNKNOWN_CHANNEL = '(unknown)';

const DAY = 86_400_000;

/**
 * The last instant of what a moment names: of its day, or of its month (UTC), where no more is known. What happened
 * that day did not happen after it.
 */
export function endOfMoment({ at, precision }: Moment): number | null {
  if (at === null) return null;
  const start = Date.parse(at);
  if (precision === 'day') return start + DAY - 1;
  if (precision !== 'month') return start;
  const [year, month] = at.split('-').map(Number);
  return Date.UTC(year ?? 0, month ?? 0, 1) - 1;
}
