import type { EventData, EventName } from './catalogue.ts';

/** How well the time of an event is known. `unknown` goes with time null. */
export type Precision = 'instant' | 'day' | 'month' | 'unknown';

/**
 * A journey event as every service holds it, decoded from its envelope and checked against its schema.
 * On the wire it is a CloudEvent 1.0 (see `http.ts` and `record.ts`).
 */
export interface JourneyEvent<N extends EventName = EventName> {
  /** platform id: UUIDv5 of the JSON array [source, sourceId] */
  readonly id: string;
  /** CloudEvents id and source as the emitter sent them */
  readonly sourceId: string;
  readonly source: string;
  readonly name: N;
  /** schema version of the data: the n of throughline.<name>.v<n> */
  readonly schemaVersion: number;
  /** when it happened: RFC 3339 UTC with milliseconds; null means undated */
  readonly occurredAt: string | null;
  readonly precision: Precision;
  /** names of the fields (of data, or `time`) that an importer or mapping concluded; sorted */
  readonly inferred: readonly string[];
  /** when the platform took it: RFC 3339 UTC with milliseconds */
  readonly recordedAt: string;
  /** the stream it belongs to and its number there, 1..N; null for facts */
  readonly stream: { readonly id: string; readonly version: number } | null;
  /** the log key */
  readonly key: string;
  readonly data: EventData<N>;
  /** W3C trace context of the event's own trace */
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}
