import type { Telemetry, TracedBatch, TracedEvent } from './telemetry.ts';
import { extract } from './trace-context.ts';

/** What an observer needs to see of a record; the log's own records fit. */
export interface ObservedRecord {
  readonly headers: Readonly<Record<string, string>>;
  readonly offset?: bigint;
}

/** Wraps what goes to the log and what comes from it. Handed to log adapters, relays and projection runners. */
export interface LogObserver {
  send<T>(topic: string, records: readonly ObservedRecord[], work: () => Promise<T>): Promise<T>;
  receive<T>(batch: ObservedBatch, work: () => Promise<T>): Promise<T>;
  process<T>(batch: ObservedBatch, work: () => Promise<T>): Promise<T>;
}

export interface ObservedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly ObservedRecord[];
  readonly group?: string;
}

/** For when nobody sees the spans: nothing is read of any record. */
const blind: LogObserver = {
  send: (_topic, _records, work) => work(),
  receive: (_batch, work) => work(),
  process: (_batch, work) => work(),
};

/** The spans of a log's traffic. `system` is the messaging system: `kafka`, `postgresql` or `memory`. */
export function observeLog(telemetry: Telemetry, system: string): LogObserver {
  if (!telemetry.exports) return blind;
  const traced = (batch: ObservedBatch): TracedBatch => ({
    system,
    topic: batch.topic,
    partition: batch.partition,
    ...(batch.group === undefined ? {} : { group: batch.group }),
    events: batch.records.map(eventOf),
  });
  return {
    send: (topic, records, work) => telemetry.send({ system, topic, events: records.map(eventOf) }, work),
    receive: (batch, work) => telemetry.receive(traced(batch), work),
    process: (batch, work) => telemetry.process(traced(batch), work),
  };
}

function eventOf(record: ObservedRecord): TracedEvent {
  const id = record.headers['ce_id'];
  return {
    ...extract(record.headers),
    ...(id === undefined ? {} : { id }),
    ...(record.offset === undefined ? {} : { offset: record.offset }),
  };
}
