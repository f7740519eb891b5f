import type { JourneyEvent } from '@throughline/contracts';

/** The columns that every row of an event has: which event said it, when it happened, how well that is known. */
export const occurrenceColumns = {
  event_id: 'uuid not null',
  occurred_at: 'timestamptz',
  occurred_precision: 'text not null',
} as const;

export function occurrence({ id, occurredAt, precision }: JourneyEvent) {
  return { event_id: id, occurred_at: occurredAt, occurred_precision: precision };
}
