import { isEvent, type JourneyEvent } from '@throughline/contracts';
import type { FactTable, StateTable } from '@throughline/projection';

/** A type, not an interface, so that it is a Row. */
export type LeadRow = {
  readonly lead: string;
  readonly person: string | null;
  readonly captured_account: string | null;
  readonly captured_at: string | null;
  readonly captured_precision: string;
};

/** One row per lead: who it is, and when it was captured. */
export const leadTable: StateTable<LeadRow> = {
  kind: 'state',
  name: 'lead',
  columns: {
    lead: 'text not null',
    person: 'text',
    captured_account: 'text',
    captured_at: 'timestamptz',
    captured_precision: 'text not null',
  },
  primaryKey: 'lead',
  keyOf: (event) => (event.name.startsWith('lead.') ? event.key : null),
  evolve(row, event) {
    if (!isEvent(event, 'lead.captured')) return row ?? newLead(event);
    const { lead, person, account: captured_account } = event.data;
    const captured = { captured_at: event.occurredAt, captured_precision: event.precision };
    return { lead, person, captured_account, ...captured };
  },
};

function newLead({ key: lead }: JourneyEvent): LeadRow {
  return { lead, person: null, captured_account: null, captured_at: null, captured_precision: 'unknown' };
}

/** Which lead became which opportunity: said by the lead's conversion, by the opening, or by both. */
export const leadOpportunityTable: FactTable = {
  kind: 'fact',
  name: 'lead_opportunity',
  columns: {
    event_id: 'uuid not null',
    lead: 'text not null',
    opportunity: 'text not null',
  },
  primaryKey: ['event_id', 'lead'],
  rows(event) {
    const event_id = event.id;
    if (isEvent(event, 'lead.converted')) {
      const { lead, opportunity } = event.data;
      return [{ event_id, lead, opportunity }];
    }
    if (!isEvent(event, 'opportunity.opened')) return [];
    const { leads, opportunity } = event.data;
    return [...new Set(leads)].map((lead) => ({ event_id, lead, opportunity }));
  },
};
