import type { Batch } from '@throughline/log';
import type { Reached } from '@throughline/projection';
import { NotYetEvidence } from '../credit/not-yet-evidence.error.ts';

const PATIENCE_MS = 10_000;
/** How late it is noticed that nobody wants the batch any more. */
const LOOK_MS = 250;

interface Evidence {
  waitFor(place: string, ms: number): Promise<Reached>;
}

/**
 * Waits, outside of any transaction, until the evidence holds a batch; credit is concluded from what it holds.
 * @param signal aborts when the partition is lost or the service stops: the evidence may have stopped already
 * @throws NotYetEvidence then, and after ten seconds; the batch comes again, here or elsewhere
 */
export async function untilEvidence(evidence: Evidence, batch: Batch, signal?: AbortSignal): Promise<void> {
  const last = batch.records.at(-1);
  if (!last) return;
  const place = `p.${batch.topic}.${batch.partition}.${last.offset}`;
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end && signal?.aborted !== true;)
    if ((await evidence.waitFor(place, LOOK_MS)) !== 'timed-out') return;
  throw new NotYetEvidence(place);
}
