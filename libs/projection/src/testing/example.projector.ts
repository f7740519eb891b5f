import { isEvent, payloadHash, type JourneyEvent } from '@throughline/contracts';
import { supersedes } from '@throughline/identity';
import type { FactTable, Projection, Row, StateTable } from '../projection.ts';

/** Events that the example cannot project, as long as it says so. */
export type Poison = (event: JourneyEvent) => boolean;

const touches: FactTable = {
  name: 'touch',
  kind: 'fact',
  columns: {
    event_id: 'uuid not null',
    visitor: 'text',
    channel: 'text',
    occurred_at: 'timestamptz',
    recorded_at: 'timestamptz not null',
  },
  primaryKey: ['event_id'],
  provenance: ['recorded_at'],
  rows: (event) =>
    isEvent(event, 'touch.recorded')
      ? [
          {
            event_id: event.id,
            visitor: event.data.visitor,
            channel: event.data.channel,
            occurred_at: event.occurredAt,
            recorded_at: event.recordedAt,
          },
        ]
      : [],
};

interface LeadRow extends Row {
  readonly lead: string;
  readonly version: number;
  readonly trail: readonly string[];
}

/** Folds in version order; the trail shows any other order at once. */
const leads: StateTable<LeadRow> = {
  name: 'lead',
  kind: 'state',
  columns: { lead: 'text', version: 'int not null', trail: 'jsonb not null' },
  primaryKey: 'lead',
  keyOf: (event) => (event.name.startsWith('lead.') ? event.key : null),
  evolve: (row, event) => ({
    lead: event.key,
    version: event.stream?.version ?? 0,
    trail: [...(row?.trail ?? []), event.name],
  }),
};

interface AccountRow extends Row {
  readonly account: string;
  readonly industry: string | null;
  readonly employees: string | null;
  readonly occurred_at: string | null;
  readonly event_id: string;
  readonly payload_hash: string;
}

/** No stream: the last writer by rank wins, whatever arrives last. */
const accounts: StateTable<AccountRow> = {
  name: 'account',
  kind: 'state',
  columns: {
    account: 'text',
    industry: 'text',
    employees: 'bigint',
    occurred_at: 'timestamptz',
    event_id: 'uuid not null',
    payload_hash: 'text not null',
  },
  primaryKey: 'account',
  keyOf: (event) => (event.name === 'account.described' ? event.key : null),
  evolve: (row, event) => {
    const standing = row && {
      occurredAt: row.occurred_at,
      eventId: row.event_id,
      payloadHash: row.payload_hash,
    };
    const hash = payloadHash(event);
    const wins = supersedes({ occurredAt: event.occurredAt, eventId: event.id, payloadHash: hash }, standing);
    if (row && !wins) return row;
    const data = isEvent(event, 'account.described') ? event.data : null;
    return {
      account: event.key,
      industry: data?.industry ?? null,
      employees: data?.employees == null ? null : String(data.employees),
      occurred_at: event.occurredAt,
      event_id: event.id,
      payload_hash: hash,
    };
  },
};

/** A small projection with a table of each kind; `poison` throws half-way through an event. */
export function exampleProjection(
  options: { poison?: Poison; version?: number; extras?: string[] } = {},
): Projection {
  const last: FactTable = {
    name: 'last_table',
    kind: 'fact',
    columns: { event_id: 'uuid not null' },
    primaryKey: ['event_id'],
    rows: (event) => {
      if (options.poison?.(event)) throw new RangeError('the example does not know this event');
      return [];
    },
  };
  return {
    name: 'example',
    version: options.version ?? 1,
    topics: ['journey.touches', 'journey.identities', 'journey.leads'],
    tables: [touches, leads, accounts, last],
    identity: true,
    ...(options.extras ? { extras: options.extras } : {}),
  };
}
