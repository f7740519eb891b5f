import type { Batch } from '@throughline/log';
import type { ProjectionRunner } from '@throughline/projection';
import { NotYetEvidence } from '../credit/not-yet-evidence.error.ts';

const PATIENCE_MS = 10_000;

/**
 * Waits, outside of any transaction, until the evidence holds a batch; credit is concluded from what it holds.
 * @throws NotYetEvidence after ten seconds; the batch then comes again
 */
export async function untilEvidence(evidence: ProjectionRunner, batch: Batch): Promise<void> {
  const last = batch.records.at(-1);
  if (!last) return;
  const place = `p.${batch.topic}.${batch.partition}.${last.offset}`;
  if ((await evidence.waitFor(place, PATIENCE_MS)) === 'timed-out') throw new NotYetEvidence(place);
}
