import type { JourneyEvent } from '@throughline/contracts';
import type { StateTable } from '@throughline/projection';
import { type AnyEvent, anyOf } from '../timeline/occurrence.projector.ts';

/** A type, not an interface, so that it is a Row. Amounts are minor units as text; null is unknown, never 0. */
export type OpportunityRow = {
  readonly opportunity: string;
  readonly source: string;
  readonly version: number;
  readonly account: string | null;
  readonly name: string | null;
  readonly product_line: string | null;
  readonly product: string | null;
  readonly process: string | null;
  readonly leads: readonly string[];
  readonly attributes: Readonly<Record<string, string | null>>;
  readonly stage: string | null;
  readonly owner: string | null;
  readonly status: 'open' | 'won' | 'lost';
  readonly amount: string | null;
  readonly currency: string | null;
  readonly won_amount: string | null;
  readonly close_date: string | null;
  readonly opened_at: string | null;
  readonly opened_precision: string | null;
  readonly opened_inferred: boolean;
  readonly won_at: string | null;
  readonly won_precision: string | null;
  readonly lost_at: string | null;
  readonly lost_precision: string | null;
  readonly loss_reason: string | null;
  readonly reopened_count: number;
};

/** One row per opportunity. Stage is where the customer is; winning and losing change the status only. */
export const opportunityTable: StateTable<OpportunityRow> = {
  kind: 'state',
  name: 'opportunity',
  columns: {
    opportunity: 'text not null',
    source: 'text not null',
    version: 'int not null',
    account: 'text',
    name: 'text',
    product_line: 'text',
    product: 'text',
    process: 'text',
    leads: 'jsonb not null',
    attributes: 'jsonb not null',
    stage: 'text',
    owner: 'text',
    status: 'text not null',
    amount: 'bigint',
    currency: 'text',
    won_amount: 'bigint',
    close_date: 'text',
    opened_at: 'timestamptz',
    opened_precision: 'text',
    opened_inferred: 'boolean not null',
    won_at: 'timestamptz',
    won_precision: 'text',
    lost_at: 'timestamptz',
    lost_precision: 'text',
    loss_reason: 'text',
    reopened_count: 'int not null',
  },
  primaryKey: 'opportunity',
  keyOf: (event) => (event.name.startsWith('opportunity.') ? event.key : null),
  evolve(row, event) {
    const before = row ?? newOpportunity(event);
    return { ...change(before, anyOf(event)), version: event.stream?.version ?? before.version };
  },
};

function change(row: OpportunityRow, event: AnyEvent): OpportunityRow {
  switch (event.name) {
    case 'opportunity.opened': {
      const { account, leads, name, stage, owner, product, productLine, closeDate } = event.data;
      const what = { account, name, stage, owner, product, product_line: productLine, close_date: closeDate };
      const { amount, process, attributes } = event.data;
      const more = { leads: leads ?? [], process: process?.id ?? null, attributes: attributes ?? {} };
      const opened = {
        opened_at: event.occurredAt,
        opened_precision: event.precision,
        opened_inferred: event.inferred.includes('time'),
      };
      return { ...row, ...what, ...more, ...opened, ...money(amount), source: event.source };
    }
    case 'opportunity.stage-changed':
      return { ...row, stage: event.data.to };
    case 'opportunity.amount-changed':
      return { ...row, ...money(event.data.to) };
    case 'opportunity.close-date-changed':
      return { ...row, close_date: event.data.to };
    case 'opportunity.owner-changed':
      return { ...row, owner: event.data.to };
    case 'opportunity.won': {
      const worth = event.data.amount === null ? row : money(event.data.amount);
      const value = { amount: worth.amount, currency: worth.currency, won_amount: worth.amount };
      const won = { won_at: event.occurredAt, won_precision: event.precision };
      return { ...row, ...notClosed, ...value, ...won, status: 'won' };
    }
    case 'opportunity.lost': {
      const lost = {
        lost_at: event.occurredAt,
        lost_precision: event.precision,
        loss_reason: event.data.reason,
      };
      return { ...row, ...notClosed, ...lost, status: 'lost' };
    }
    case 'opportunity.reopened':
      return {
        ...row,
        ...notClosed,
        status: 'open',
        stage: event.data.stage ?? row.stage,
        reopened_count: row.reopened_count + 1,
      };
    default:
      return row;
  }
}

const notClosed = {
  ...{ won_at: null, won_precision: null, won_amount: null },
  ...{ lost_at: null, lost_precision: null, loss_reason: null },
};

function money(amount: { readonly amount: number; readonly currency: string | null } | null) {
  return { amount: amount === null ? null : String(amount.amount), currency: amount?.currency ?? null };
}

function newOpportunity(event: JourneyEvent): OpportunityRow {
  return {
    ...{ opportunity: event.key, source: event.source, version: 0, account: null, name: null, process: null },
    ...{
      product_line: null,
      product: null,
      leads: [],
      attributes: {},
      stage: null,
      owner: null,
      status: 'open',
    },
    ...{ amount: null, currency: null, close_date: null, reopened_count: 0 },
    ...{ opened_at: null, opened_precision: null, opened_inferred: false },
    ...notClosed,
  };
}
