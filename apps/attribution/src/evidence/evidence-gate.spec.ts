import { describe, expect, it } from '@jest/globals';
import type { Batch, LogRecord } from '@throughline/log';
import type { Reached } from '@throughline/projection';
import { NotYetEvidence } from '../credit/not-yet-evidence.error.ts';
import { untilEvidence } from './evidence-gate.ts';

const batch: Batch = { topic: 't', partition: 3, records: [{ offset: 7n } as LogRecord], high: 8n };

/** Answers after so many looks, and notes what it was asked for. */
function evidence(looks: number, then: Reached = 'applied') {
  const asked: string[] = [];
  const waitFor = async (place: string): Promise<Reached> =>
    asked.push(place) >= looks ? then : 'timed-out';
  return { asked, waitFor };
}

describe('what waits for the evidence', () => {
  it('goes on once the evidence holds the last of a batch, or has parked it', async () => {
    const [held, parked] = [evidence(3), evidence(2, 'parked')];
    await untilEvidence(held, batch);
    await untilEvidence(parked, batch);
    expect([held.asked, parked.asked]).toEqual([Array(3).fill('p.t.3.7'), Array(2).fill('p.t.3.7')]);
  });

  it('ends at once where nobody wants the batch any more, as when the service stops', async () => {
    const ended = new AbortController();
    const never = {
      waitFor: async (): Promise<Reached> => {
        ended.abort();
        return 'timed-out';
      },
    };
    await expect(untilEvidence(never, batch, ended.signal)).rejects.toThrow(NotYetEvidence);
    const unasked = evidence(1);
    await expect(untilEvidence(unasked, batch, ended.signal)).rejects.toThrow(NotYetEvidence);
    expect(unasked.asked).toEqual([]);
  });
});
