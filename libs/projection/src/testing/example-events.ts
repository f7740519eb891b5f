import { sampleEvent, type DecisionName, type JourneyEvent, type Relation } from '@throughline/contracts';

const TRAIL = [
  'lead.captured',
  'lead.qualified',
  'lead.offered',
  'lead.accepted',
] as const satisfies DecisionName[];

/** The first `versions` events of a lead's stream, 1..N. */
export function leadStream(lead: string, versions: number): JourneyEvent[] {
  return Array.from({ length: versions }, (_, index) => {
    const name: DecisionName = TRAIL[index] ?? 'lead.followed-up';
    return sampleEvent(name, {
      sourceId: `${lead}-${index + 1}`,
      stream: { id: lead, version: index + 1 },
      data: { lead } as never,
    });
  });
}

export function touch(
  sourceId: string,
  visitor: string,
  occurredAt: string | null = '2026-03-01T09:30:00.000Z',
) {
  return sampleEvent('touch.recorded', {
    sourceId,
    occurredAt,
    precision: occurredAt === null ? 'unknown' : 'instant',
    data: { visitor },
  });
}

export function described(sourceId: string, account: string, employees: number, occurredAt: string) {
  return sampleEvent('account.described', { sourceId, occurredAt, data: { account, employees } });
}

export function linked(
  sourceId: string,
  relation: Relation,
  from: string,
  to: string,
  occurredAt: string | null,
) {
  return sampleEvent('identity.linked', {
    ...{ sourceId, occurredAt, precision: occurredAt === null ? 'unknown' : 'instant' },
    data: { relation, from, to },
  });
}

/** Withdrawn: it never was so. */
export function unlinked(
  sourceId: string,
  relation: Relation,
  from: string,
  to: string,
  occurredAt: string | null,
) {
  return sampleEvent('identity.unlinked', {
    ...{ sourceId, occurredAt, precision: occurredAt === null ? 'unknown' : 'instant' },
    data: { relation, from, to, withdrawn: true },
  });
}
