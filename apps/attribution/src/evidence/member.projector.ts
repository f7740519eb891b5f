import { isEvent, payloadHash } from '@throughline/contracts';
import { supersedes } from '@throughline/identity';
import type { StateTable } from '@throughline/projection';

/** A type, not an interface, so that it is a Row. */
export type MemberRow = {
  readonly member: string;
  readonly function: string | null;
  readonly described_at: string | null;
  readonly event_id: string;
  readonly payload_hash: string;
};

/** On whose side a member of the revenue team is; the latest description stands, never the latest arrived. */
export const memberTable: StateTable<MemberRow> = {
  kind: 'state',
  name: 'member',
  columns: {
    member: 'text not null',
    function: 'text',
    described_at: 'timestamptz',
    event_id: 'uuid not null',
    payload_hash: 'text not null',
  },
  primaryKey: 'member',
  keyOf: (event) => (event.name === 'member.described' ? event.key : null),
  evolve(row, event) {
    if (!isEvent(event, 'member.described')) throw new TypeError(`${event.name} describes no member`);
    const rank = { occurredAt: event.occurredAt, eventId: event.id, payloadHash: payloadHash(event) };
    const held = row && {
      ...{ occurredAt: row.described_at, eventId: row.event_id, payloadHash: row.payload_hash },
    };
    if (row !== null && !supersedes(rank, held)) return row;
    return {
      ...{ member: event.data.member, function: event.data.function },
      ...{ described_at: rank.occurredAt, event_id: rank.eventId, payload_hash: rank.payloadHash },
    };
  },
};
