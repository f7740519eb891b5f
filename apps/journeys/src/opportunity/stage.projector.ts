import type { FactTable } from '@throughline/projection';
import {
  anyOf,
  occurrence,
  occurrenceColumns,
  provenance,
  streamColumns,
  streamPlace,
} from '../timeline/occurrence.projector.ts';

/** One row per stage an opportunity entered, in the order of its stream. */
export const stageTable: FactTable = {
  kind: 'fact',
  name: 'opportunity_stage',
  columns: {
    ...occurrenceColumns,
    ...streamColumns,
    opportunity: 'text not null',
    stage: 'text not null',
    from_stage: 'text',
  },
  provenance,
  primaryKey: ['event_id'],
  rows(given) {
    const event = anyOf(given);
    const place = { ...occurrence(given), ...streamPlace(given), opportunity: given.key };
    if (event.name === 'opportunity.opened' && event.data.stage !== null) {
      return [{ ...place, stage: event.data.stage, from_stage: null }];
    }
    if (event.name === 'opportunity.stage-changed') {
      return [{ ...place, stage: event.data.to, from_stage: event.data.from }];
    }
    if (event.name === 'opportunity.reopened' && event.data.stage !== null) {
      return [{ ...place, stage: event.data.stage, from_stage: null }];
    }
    return [];
  },
};

/** One row per change of the buying committee. */
export const contactTable: FactTable = {
  kind: 'fact',
  name: 'opportunity_contact',
  columns: {
    ...occurrenceColumns,
    ...streamColumns,
    opportunity: 'text not null',
    person: 'text not null',
    role: 'text',
    removed: 'boolean not null',
  },
  provenance,
  primaryKey: ['event_id'],
  rows(given) {
    const event = anyOf(given);
    const place = { ...occurrence(given), ...streamPlace(given), opportunity: given.key };
    if (event.name === 'opportunity.contact-added') {
      return [{ ...place, person: event.data.person, role: event.data.committeeRole, removed: false }];
    }
    if (event.name === 'opportunity.contact-removed') {
      return [{ ...place, person: event.data.person, role: event.data.committeeRole, removed: true }];
    }
    return [];
  },
};
