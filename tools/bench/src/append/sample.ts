import type { EventToStore } from '@throughline/event-store';

export const SOURCE = 'https://crm.example';
export const RECORDED_AT = '2026-03-01T09:30:01.000Z';

/** The same event for every side. */
export function followedUp(lead: string, version: number) {
  return {
    name: 'lead.followed-up',
    data: { lead, by: 'ada', touchType: 'call-connected', outcome: `outcome ${version}` },
    occurredAt: '2026-03-01T09:30:00.000Z',
    precision: 'instant',
    inferred: [],
  } as const satisfies EventToStore;
}
