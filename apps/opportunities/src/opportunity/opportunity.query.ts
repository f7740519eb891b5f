import { fold } from '@throughline/decider';
import type { DecisionEvent, EventStore } from '@throughline/event-store';
import { ProblemError } from '@throughline/service';
import { opportunityDecider } from './opportunity.decider.ts';
import { opportunityPublication } from './opportunity.publication.ts';
import type { Opportunity } from './opportunity.state.ts';

/** An opportunity as its stream says: what it is now, and all that happened to it, in order. */
export interface OpportunityView {
  readonly id: string;
  readonly version: number;
  readonly state: Opportunity;
  readonly events: readonly Pick<
    DecisionEvent,
    'id' | 'name' | 'occurredAt' | 'precision' | 'inferred' | 'recordedAt' | 'source' | 'data'
  >[];
}

/** @throws ProblemError 404 when there is no such opportunity */
export async function readOpportunity(store: EventStore, id: string): Promise<OpportunityView> {
  const stored = await store.read(id);
  if (stored.length === 0) {
    throw new ProblemError({
      status: 404,
      code: 'opportunity-unknown',
      detail: 'No opportunity has this id.',
      remedy: 'Open it with POST /v1/opportunities, or look for its id in a journey.',
    });
  }
  const state = fold(
    opportunityDecider,
    stored.map((event) => opportunityPublication.restore(event)),
  );
  return { id, version: stored.length, state, events: stored.map(told) };
}

function told(event: DecisionEvent): OpportunityView['events'][number] {
  const { id, name, occurredAt, precision, inferred, recordedAt, source, data } = event;
  return { id, name, occurredAt, precision, inferred, recordedAt, source, data };
}
