import type { FactTable } from '@throughline/projection';
import { anyOf, occurrence, occurrenceColumns, provenance } from '../timeline/occurrence.projector.ts';

/** Which lead became which opportunity: said by the lead's conversion, by the opening, or by both. */
export const leadOpportunityTable: FactTable = {
  kind: 'fact',
  name: 'lead_opportunity',
  columns: { ...occurrenceColumns, lead: 'text not null', opportunity: 'text not null' },
  provenance,
  primaryKey: ['event_id', 'lead'],
  rows(given) {
    const event = anyOf(given);
    if (event.name === 'lead.converted') {
      return [{ ...occurrence(event), lead: event.data.lead, opportunity: event.data.opportunity }];
    }
    if (event.name !== 'opportunity.opened') return [];
    const { leads, opportunity } = event.data;
    return [...new Set(leads)].map((lead) => ({ ...occurrence(event), lead, opportunity }));
  },
};
