import { describe, expect, it } from '@jest/globals';
import { sampleEvent } from '@throughline/contracts';
import { conversions } from './convert-lead-when-opportunity-opened.reactor.ts';

const opened = (leads: string[] | null, sourceId = 'deal-1') =>
  sampleEvent('opportunity.opened', { sourceId, data: { opportunity: 'deal-1', leads } });

describe('the commands that an opened opportunity causes', () => {
  it('are one for each lead, and none where no lead is known', () => {
    const asked = conversions(opened(['lead-1', 'lead-2', 'lead-1']), '2026-03-02T12:00:00.000Z');
    expect(asked.map(({ stream }) => stream)).toEqual(['lead-1', 'lead-2']);
    expect(conversions(opened(null), '2026-03-02T12:00:00.000Z')).toEqual([]);
  });

  it('I1 have the same ids when the event comes again, and others for another event or lead', () => {
    const ids = (event: Parameters<typeof conversions>[0], at: string) =>
      conversions(event, at).map(({ meta }) => meta.commandId);
    const first = ids(opened(['lead-1', 'lead-2']), '2026-03-02T12:00:00.000Z');
    const again = ids(opened(['lead-1', 'lead-2']), '2026-04-01T00:00:00.000Z');
    const other = ids(opened(['lead-1', 'lead-2'], 'deal-2'), '2026-03-02T12:00:00.000Z');
    expect(again).toEqual(first);
    expect(new Set([...first, ...other]).size).toBe(4);
    expect(first).not.toContain(null);
  });

  it('are none for any other event', () => {
    expect(conversions(sampleEvent('opportunity.won'), '2026-03-02T12:00:00.000Z')).toEqual([]);
  });
});
