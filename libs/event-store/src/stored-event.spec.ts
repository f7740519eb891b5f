import { describe, expect, it } from '@jest/globals';
import { eventId, sampleEvent, toRecord, fromRecord } from '@throughline/contracts';
import { place, type Cause } from './stored-event.ts';

const cause: Cause = {
  commandId: 'import-1',
  hash: 'h',
  index: 0,
  source: 'crm',
  recordedAt: '2026-11-21T09:30:00.000Z',
  traceparent: null,
  tracestate: null,
};

function placed(name: 'lead.captured' | 'opportunity.opened', id: string) {
  const { data } = sampleEvent(name);
  const own = name === 'lead.captured' ? { ...data, lead: id } : { ...data, opportunity: id };
  const toStore = { name, data: own, occurredAt: null, precision: 'unknown', inferred: [] } as const;
  return place(toStore, cause, { id, version: 1 }).event;
}

describe('the id of a stored event', () => {
  it('I1 I3: one source may send the same key to two services; their events and its own fact stay three', () => {
    const ids = [
      placed('lead.captured', 'a-1').id,
      placed('opportunity.opened', 'a-1').id,
      eventId('crm', 'import-1:0'),
    ];
    expect(new Set(ids).size).toBe(3);
  });

  it('is the one that readers of its record compute', () => {
    const event = placed('lead.captured', 'a-1');
    expect(fromRecord(toRecord(event))).toEqual(event);
  });
});
