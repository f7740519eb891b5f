import type { Journey } from './journey.state.ts';
import type { PlacedEntry } from './timeline.query.ts';

const MOST_IDS = 100;

/** An entry as readers get it: when and how well that is known, who, what, and what the event says. */
export function entryView({ row, placed, withdrawn }: PlacedEntry) {
  return {
    eventId: row.event_id,
    name: row.name,
    title: row.title,
    when: { at: row.occurred_at, precision: row.occurred_precision },
    inferred: row.inferred,
    recordedAt: row.recorded_at,
    source: row.source,
    sourceId: row.source_id,
    stream: row.stream === null ? null : { id: row.stream, version: row.version },
    team: row.team,
    actor: row.actor,
    anonymous: placed.anonymous,
    withdrawn: withdrawn && {
      at: withdrawn.occurred_at,
      eventId: withdrawn.event_id,
      reason: withdrawn.reason,
      by: withdrawn.actor,
    },
    who: {
      visitor: row.visitor,
      person: placed.person,
      account: placed.account,
      named: { person: row.person, account: row.account },
    },
    what: { lead: row.lead, opportunity: row.opportunity, campaign: row.campaign },
    data: row.data,
  };
}

/** Whom and what the journey consists of, the first hundred ids of each. */
export function journeyView(journey: Journey) {
  const { subject, who } = journey;
  const some = (ids: Iterable<string>) => {
    const all = [...ids].sort();
    return { count: all.length, ids: all.slice(0, MOST_IDS) };
  };
  return {
    ...subject,
    ...(subject.kind === 'person' ? { canonical: who.canonical(subject.id) } : {}),
    persons: some(journey.persons),
    visitors: some(journey.visitors),
    accounts: some(journey.accounts),
    leads: some(journey.leads.keys()),
    opportunities: some(journey.opportunities.keys()),
  };
}
