import { memberships, visitorIntervals, type Assertion } from '@throughline/identity';

export interface AssertionRow {
  readonly event_id: string;
  readonly relation: Assertion['relation'];
  readonly low: string;
  readonly high: string;
  readonly says: Assertion['says'];
  readonly occurred_at: string | null;
  readonly payload_hash: string;
}

export function toRow({
  eventId,
  relation,
  from,
  to,
  says,
  occurredAt,
  payloadHash,
}: Assertion): AssertionRow {
  return {
    ...{ event_id: eventId, relation, low: from, high: to, says },
    ...{ occurred_at: occurredAt, payload_hash: payloadHash },
  };
}

export function toAssertion(row: AssertionRow): Assertion {
  const { event_id, relation, low, high, says, occurred_at, payload_hash } = row;
  return {
    ...{ eventId: event_id, relation, from: low, to: high, says },
    ...{ occurredAt: occurred_at, payloadHash: payload_hash },
  };
}

/** Whom a visitor stands for, from all that was said of it. */
export function visitorRows(visitor: string, said: readonly Assertion[]) {
  return visitorIntervals(said).map(({ since, until, person }) => ({
    ...{ visitor, since: since ?? '-infinity', until, person },
  }));
}

/** When a person or account belonged to an account, from all that was said of this edge. */
export function membershipRows(edge: readonly Assertion[]) {
  return memberships(edge).map(({ since, until, ended }) => ({
    ...memberOf(edge[0]),
    ...{ since: since ?? '-infinity', until, ended },
  }));
}

export function memberOf(edge: Assertion | undefined): { kind: string; member: string; account: string } {
  const kind = edge?.relation === 'person-in-account' ? 'person' : 'account';
  return { kind, member: edge?.from ?? '', account: edge?.to ?? '' };
}
