import type { FactTable } from '@throughline/projection';
import {
  anyOf,
  occurrence,
  occurrenceColumns,
  provenance,
  streamColumns,
  streamPlace,
} from './occurrence.projector.ts';
import { subjectsOf } from './subjects.projector.ts';
import { titleOf } from './title.projector.ts';

/**
 * One row per event: when it happened, whom and what it names itself, and what a reader sees of it.
 * Whose journey it stands in is derived when asked, from links and memberships dated by other events.
 */
export const timelineTable: FactTable = {
  kind: 'fact',
  name: 'timeline_entry',
  columns: {
    ...occurrenceColumns,
    ...streamColumns,
    name: 'text not null',
    source_id: 'text not null',
    team: 'text',
    visitor: 'text',
    person: 'text',
    other_person: 'text',
    account: 'text',
    other_account: 'text',
    lead: 'text',
    opportunity: 'text',
    campaign: 'text',
    actor: 'text',
    title: 'text not null',
    data: 'jsonb not null',
  },
  provenance,
  primaryKey: ['event_id'],
  rows(given) {
    const event = anyOf(given);
    const what = { name: event.name, source_id: event.sourceId, title: titleOf(event), data: event.data };
    return [{ ...occurrence(event), ...streamPlace(event), ...what, ...subjectsOf(event) }];
  },
};
