import { describe, expect, it } from '@jest/globals';
import type { JourneyEvent } from '@throughline/contracts';
import { decision } from '../testing/story.ts';
import { leadTable, type LeadRow } from './lead.projector.ts';

const lead = (events: readonly JourneyEvent[]): LeadRow | null =>
  events.reduce<LeadRow | null>((row, event) => leadTable.evolve(row, event), null);

const told = (...names: readonly Parameters<typeof decision>[0][]) =>
  names.map((name, n) => decision(name, 'lead-1', n + 1, `2026-01-${10 + n}`, {}));

describe('a lead', () => {
  it('keeps where it came from, blank as null', () => {
    const [captured] = [
      decision('lead.captured', 'lead-1', 1, null, { source: null, account: null, attributes: null }),
    ];
    expect(lead([captured])).toMatchObject({
      ...{ lead: 'lead-1', channel: null, captured_account: null, attributes: {}, stage: 'captured' },
      ...{ captured_count: 1, captured_at: null, captured_precision: 'unknown', version: 1 },
    });
  });

  it('keeps its furthest stage when it falls back', () => {
    const row = lead(
      told('lead.captured', 'lead.qualified', 'lead.offered', 'lead.rejected', 'lead.recycled'),
    );
    expect(row).toMatchObject({
      stage: 'nurturing',
      furthest_stage: 'offered',
      rejection_reason: 'no budget',
    });
  });

  it('falls back to captured when it was never qualified', () => {
    expect(lead(told('lead.captured', 'lead.offered', 'lead.offer-expired'))).toMatchObject({
      stage: 'captured',
    });
  });

  it('is working after a follow-up once it was accepted, and stays converted', () => {
    const row = lead(told('lead.captured', 'lead.offered', 'lead.accepted', 'lead.followed-up'));
    expect(row).toMatchObject({ stage: 'working', accepted_by: 'member-1', owner: 'member-1' });
    const late = lead(told('lead.captured', 'lead.offered', 'lead.converted', 'lead.accepted'));
    expect(late).toMatchObject({ stage: 'converted', opportunity: 'opportunity-1', accepted_count: 1 });
  });

  it('counts a milestone each time and keeps its first and last time', () => {
    const row = lead(told('lead.captured', 'lead.offered', 'lead.rejected', 'lead.offered'));
    expect(row).toMatchObject({
      offered_count: 2,
      offered_at: '2026-01-11T00:00:00.000Z',
      offered_last_at: '2026-01-13T00:00:00.000Z',
    });
  });
});
