import type { Outcome, Sendable, SendableCommand, SendableFact } from './sendable.ts';

/** The doors that a delivery goes through; one outcome an item, in order. They retry what may be tried again. */
export interface Doors {
  facts(batch: readonly SendableFact[]): Promise<readonly Outcome[]>;
  commands(
    service: SendableCommand['service'],
    batch: readonly SendableCommand[],
  ): Promise<readonly Outcome[]>;
}

export interface DeliveryOptions {
  readonly batchSize?: number;
  /** how many of the sends an earlier, interrupted delivery of the same list had finished */
  readonly from?: number;
  /** called after every batch that is durable at its service */
  readonly onProgress?: (done: number, total: number) => void;
  readonly onRefused?: (send: Sendable, reason: string) => void;
}

/**
 * Sends a long list in batches: facts, then leads, then opportunities, so that a lead has its own history
 * before a deal is opened from it. Commands keep their order in the list. Every id comes with the item, so
 * that sending the list again changes nothing.
 */
export async function deliver(
  sends: readonly Sendable[],
  doors: Doors,
  options: DeliveryOptions = {},
): Promise<{ taken: number; refused: number }> {
  const batches = cut(inPhases(sends), options.batchSize ?? 500);
  const counts = { taken: 0, refused: 0 };
  let done = 0;
  for (const batch of batches) {
    done += batch.length;
    if (done <= (options.from ?? 0)) continue;
    const outcomes = await sendBatch(batch, doors);
    for (const [index, outcome] of outcomes.entries()) {
      counts[outcome.taken ? 'taken' : 'refused'] += 1;
      if (!outcome.taken) options.onRefused?.(batch[index] as Sendable, outcome.reason);
    }
    options.onProgress?.(done, sends.length);
  }
  return counts;
}

const phases = ['facts', 'leads', 'opportunities'] as const;
type Phase = (typeof phases)[number];
const phaseOf = (send: Sendable): Phase => (send.kind === 'fact' ? 'facts' : send.service);

function inPhases(sends: readonly Sendable[]): Sendable[][] {
  return phases.map((phase) => sends.filter((send) => phaseOf(send) === phase));
}

/** A request's body stays well under the 1 MB that a door reads. */
const BATCH_BYTES = 700_000;

function cut(groups: readonly Sendable[][], size: number): Sendable[][] {
  const batches: Sendable[][] = [];
  for (const group of groups) {
    let bytes = Infinity;
    let batch: Sendable[] = [];
    for (const send of group) {
      const own = Buffer.byteLength(JSON.stringify(send));
      if (batch.length === size || bytes + own > BATCH_BYTES) {
        batches.push((batch = []));
        bytes = 0;
      }
      batch.push(send);
      bytes += own;
    }
  }
  return batches;
}

function sendBatch(batch: readonly Sendable[], doors: Doors): Promise<readonly Outcome[]> {
  const [first] = batch;
  return first?.kind === 'command'
    ? doors.commands(first.service, batch as readonly SendableCommand[])
    : doors.facts(batch as readonly SendableFact[]);
}
