import { describe, expect, it } from '@jest/globals';
import type { JourneyEvent } from '@throughline/contracts';
import type { Spill } from '@throughline/relay';
import { MOST_PLACES, parseAfter } from '@throughline/service';
import { recordedTelemetry } from '@throughline/telemetry/testing';
import type { Quarantine } from './quarantine.ts';
import { Replay } from './replay.ts';

const one = (n: number) => ({
  ...{ specversion: '1.0', id: `t-${n}`, source: 'site', type: 'throughline.touch.recorded.v1' },
  ...{ time: '2026-03-01T09:30:00Z', data: { touchType: 'page-view', kind: 'activity', visitor: 'v-1' } },
});

/** Replays a whole batch of so many while the log is away. */
async function replayed(count: number) {
  const kept = {
    id: 'q-1',
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    raw: Buffer.from(JSON.stringify(Array.from({ length: count }, (_, n) => one(n)))),
  };
  const quarantine = {
    hold: (_id: string, work: (tx: null, held: typeof kept) => Promise<unknown>) => work(null, kept),
    markReplayed: async () => undefined,
  };
  const spill = { send: async (events: readonly JourneyEvent[]) => events.map(() => 'spilled') };
  const { telemetry } = recordedTelemetry();
  const context = { telemetry, now: () => new Date('2026-03-02'), newId: () => 'new' };
  const replay = new Replay(quarantine as unknown as Quarantine, spill as unknown as Spill, context);
  return replay.replay('q-1');
}

describe('a replay of what waits in the outbox then', () => {
  it('names every fact of it, or none where a query would not take so many', async () => {
    const most = await replayed(MOST_PLACES);
    expect(parseAfter(most.after ?? '')).toHaveLength(MOST_PLACES);
    const more = await replayed(MOST_PLACES + 1);
    expect(more.events).toHaveLength(MOST_PLACES + 1);
    expect(more.after).toBeNull();
  });
});
