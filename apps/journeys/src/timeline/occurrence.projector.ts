import type { EventName, JourneyEvent } from '@throughline/contracts';

/** What was concluded of journeys is no part of them: its topic is not read here. */
type Told = Exclude<
  EventName,
  `credit.${string}` | `attribution-model.${string}` | `exchange-rate.${string}`
>;

/** A journey event whose data is known by its name: `switch (event.name)` narrows it. */
export type AnyEvent = { [N in Told]: JourneyEvent<N> }[Told];

export function anyOf(event: JourneyEvent): AnyEvent {
  return event as AnyEvent;
}

/** The columns that every fact row has: which event said it, when it happened and how well that is known. */
export const occurrenceColumns = {
  event_id: 'uuid not null',
  source: 'text not null',
  occurred_at: 'timestamptz',
  occurred_precision: 'text not null',
  inferred: 'jsonb not null',
  recorded_at: 'timestamptz not null',
} as const;

/** recordedAt differs between logs, so it is no part of the content digest. */
export const provenance = ['recorded_at'] as const;

export function occurrence(event: JourneyEvent) {
  return {
    event_id: event.id,
    source: event.source,
    occurred_at: event.occurredAt,
    occurred_precision: event.precision,
    inferred: event.inferred,
    recorded_at: event.recordedAt,
  };
}

/** Place in the stream; null for facts. */
export const streamColumns = { stream: 'text', version: 'int' } as const;

export function streamPlace({ stream }: JourneyEvent) {
  return { stream: stream?.id ?? null, version: stream?.version ?? null };
}
