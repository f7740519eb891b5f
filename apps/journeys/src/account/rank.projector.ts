import { payloadHash, type JourneyEvent } from '@throughline/contracts';
import { supersedes } from '@throughline/identity';

/** What decides which description of one account or member stands: the latest said, never the latest arrived. */
export type Ranked = {
  readonly described_at: string | null;
  readonly described_precision: string;
  readonly event_id: string;
  readonly payload_hash: string;
};

export const rankColumns = {
  described_at: 'timestamptz',
  described_precision: 'text not null',
  event_id: 'uuid not null',
  payload_hash: 'text not null',
} as const;

export function rankOf(event: JourneyEvent): Ranked {
  return {
    described_at: event.occurredAt,
    described_precision: event.precision,
    event_id: event.id,
    payload_hash: payloadHash(event),
  };
}

export function stands(row: Ranked | null, event: JourneyEvent): boolean {
  const { id: eventId, occurredAt } = event;
  const held = row && { occurredAt: row.described_at, eventId: row.event_id, payloadHash: row.payload_hash };
  return !supersedes({ occurredAt, eventId, payloadHash: payloadHash(event) }, held);
}
