import { fold } from '@throughline/decider';
import type { DecisionEvent, EventStore } from '@throughline/event-store';
import { ProblemError } from '@throughline/service';
import { leadDecider } from './lead.decider.ts';
import { leadPublication } from './lead.publication.ts';
import type { Lead } from './lead.state.ts';

/** A lead as its stream says: what it is now, and all that happened to it, in order. */
export interface LeadView {
  readonly id: string;
  readonly version: number;
  readonly state: Lead;
  readonly events: readonly Pick<
    DecisionEvent,
    'id' | 'name' | 'occurredAt' | 'precision' | 'inferred' | 'recordedAt' | 'source' | 'data'
  >[];
}

/** @throws ProblemError 404 when there is no such lead */
export async function readLead(store: EventStore, id: string): Promise<LeadView> {
  const stored = await store.read(id);
  if (stored.length === 0) {
    const remedy = 'Capture it with POST /v1/leads, or look for its id in a journey.';
    throw new ProblemError({ status: 404, code: 'lead-unknown', detail: 'No lead has this id.', remedy });
  }
  const state = fold(
    leadDecider,
    stored.map((event) => leadPublication.restore(event)),
  );
  return { id, version: stored.length, state, events: stored.map(told) };
}

function told(event: DecisionEvent): LeadView['events'][number] {
  const { id, name, occurredAt, precision, inferred, recordedAt, source, data } = event;
  return { id, name, occurredAt, precision, inferred, recordedAt, source, data };
}
