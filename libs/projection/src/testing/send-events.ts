import { toRecord, type JourneyEvent } from '@throughline/contracts';
import type { Batch, Log, Placement } from '@throughline/log';

export interface SentEvent {
  readonly event: JourneyEvent;
  readonly placement: Placement;
}

/** Puts events into a log in the order given, topic by topic. */
export async function sendEvents(log: Log, events: readonly JourneyEvent[]): Promise<SentEvent[]> {
  const sent: SentEvent[] = [];
  for (const [topic, those] of Map.groupBy(events, (event) => toRecord(event).topic)) {
    const placements = await log.send(topic, those.map(toRecord));
    for (const [index, event] of those.entries()) {
      const placement = placements[index];
      if (placement) sent.push({ event, placement });
    }
  }
  return sent;
}

/** What a partition holds, as one batch. */
export async function wholePartition(log: Log, topic: string, partition: number): Promise<Batch> {
  const high = (await log.marks(topic)).find((mark) => mark.partition === partition)?.high ?? 0n;
  for await (const batch of log.read({ topic, partition, from: 0n, to: high, batchSize: Number(high) }))
    return batch;
  throw new RangeError(`${topic}/${partition} is empty`);
}
