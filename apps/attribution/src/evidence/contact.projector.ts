import { isEvent } from '@throughline/contracts';
import type { FactTable } from '@throughline/projection';

/** Who was ever named for a buying committee: where to look for deals when something is learnt of a person. */
export const contactTable: FactTable = {
  kind: 'fact',
  name: 'opportunity_contact',
  columns: { event_id: 'uuid not null', opportunity: 'text not null', person: 'text not null' },
  primaryKey: ['event_id'],
  rows(event) {
    if (!isEvent(event, 'opportunity.contact-added')) return [];
    return [{ event_id: event.id, opportunity: event.key, person: event.data.person }];
  },
};
