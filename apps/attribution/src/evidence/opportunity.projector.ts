import { isEvent, type JourneyEvent, type Money } from '@throughline/contracts';
import type { StateTable } from '@throughline/projection';

/** A person of the buying committee, in the order of joining. */
export interface Contact {
  readonly person: string;
  readonly role: string | null;
}

export interface Reopening {
  readonly at: string | null;
  readonly precision: string;
}

/** A type, not an interface, so that it is a Row. Amounts are minor units as text; null is unknown, never 0. */
export type OpportunityRow = {
  readonly opportunity: string;
  readonly account: string | null;
  readonly name: string | null;
  readonly owner: string | null;
  readonly status: 'open' | 'won' | 'lost';
  /** where the customer is, as told last; null: nobody said */
  readonly stage: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly opened_at: string | null;
  readonly opened_precision: string;
  /** each time that it was opened again, in order */
  readonly reopened: readonly Reopening[];
  /** of the win or loss that stands */
  readonly closed_at: string | null;
  readonly closed_precision: string;
  readonly closed_event: string | null;
  readonly closed_by: string | null;
  readonly contacts: readonly Contact[];
  readonly contributors: readonly Contributor[];
};

/** Whom a win named. */
export interface Contributor {
  readonly member: string;
  readonly function: string | null;
  readonly role: string | null;
}

/** One row per opportunity, folded from its stream. */
export const opportunityTable: StateTable<OpportunityRow> = {
  kind: 'state',
  name: 'opportunity',
  columns: {
    opportunity: 'text not null',
    account: 'text',
    name: 'text',
    owner: 'text',
    status: 'text not null',
    stage: 'text',
    amount: 'bigint',
    currency: 'text',
    opened_at: 'timestamptz',
    opened_precision: 'text not null',
    reopened: 'jsonb not null',
    closed_at: 'timestamptz',
    closed_precision: 'text not null',
    closed_event: 'uuid',
    closed_by: 'text',
    contacts: 'jsonb not null',
    contributors: 'jsonb not null',
  },
  primaryKey: 'opportunity',
  keyOf: (event) => (event.name.startsWith('opportunity.') ? event.key : null),
  evolve: (row, event) => ({ ...(row ?? newOpportunity(event)), ...change(row, event) }),
};

function change(row: OpportunityRow | null, event: JourneyEvent): Partial<OpportunityRow> {
  if (isEvent(event, 'opportunity.opened')) {
    const { account, name, owner, amount, stage } = event.data;
    const opened = { opened_at: event.occurredAt, opened_precision: event.precision };
    return { account, name, owner, stage, ...worth(amount), ...opened };
  }
  if (isEvent(event, 'opportunity.amount-changed')) return worth(event.data.to);
  if (isEvent(event, 'opportunity.stage-changed')) return { stage: event.data.to };
  if (isEvent(event, 'opportunity.owner-changed')) return { owner: event.data.to };
  if (isEvent(event, 'opportunity.contact-added')) {
    const { person, committeeRole: role } = event.data;
    const contacts = row?.contacts ?? [];
    const joined = contacts.some((it) => it.person === person && it.role === role);
    return joined ? {} : { contacts: [...contacts, { person, role }] };
  }
  if (isEvent(event, 'opportunity.contact-removed')) {
    const { person, committeeRole } = event.data;
    return { contacts: without(row, person, committeeRole, committeeRole === null) };
  }
  if (isEvent(event, 'opportunity.won')) {
    const { amount, contributors, by } = event.data;
    const more = { status: 'won' as const, contributors: contributors ?? [], closed_by: by };
    return { ...more, ...closed(event), ...(amount === null ? {} : worth(amount)) };
  }
  if (isEvent(event, 'opportunity.lost')) {
    return { ...notClosed, ...closed(event), status: 'lost', closed_by: event.data.by };
  }
  if (!isEvent(event, 'opportunity.reopened')) return {};
  const { occurredAt: at, precision } = event;
  const reopened = [...(row?.reopened ?? []), { at, precision }];
  return { ...notClosed, status: 'open', stage: event.data.stage ?? row?.stage ?? null, reopened };
}

/** @param everyRole whether the person left altogether */
function without(row: OpportunityRow | null, person: string, role: string | null, everyRole = false) {
  const contacts = row?.contacts ?? [];
  return contacts.filter((it) => it.person !== person || (!everyRole && it.role !== role));
}

function worth(amount: Money | null) {
  return { amount: amount === null ? null : String(amount.amount), currency: amount?.currency ?? null };
}

function closed({ id, occurredAt, precision }: JourneyEvent) {
  return { closed_at: occurredAt, closed_precision: precision, closed_event: id };
}

const notClosed = {
  ...{ closed_at: null, closed_precision: 'unknown', closed_event: null, closed_by: null },
  contributors: [],
};

function newOpportunity(event: JourneyEvent): OpportunityRow {
  return {
    ...{ opportunity: event.key, account: null, name: null, owner: null, status: 'open', stage: null },
    ...{ amount: null, currency: null, opened_at: null, opened_precision: 'unknown', contacts: [] },
    reopened: [],
    ...notClosed,
  };
}
