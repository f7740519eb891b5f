import { definition } from './catalogue.ts';
import type { EventData, EventName } from './catalogue.ts';
import type { JourneyEvent } from './event.ts';
import { eventId } from './identifiers.ts';

type Overrides<N extends EventName> = Partial<Omit<JourneyEvent<N>, 'name' | 'data'>> & {
  readonly data?: Partial<EventData<N>>;
};

const [OCCURRED, RECORDED] = ['2026-03-01T09:30:00.000Z', '2026-03-01T09:30:01.000Z'];

/**
 * A valid event of the catalogue for tests and documents: the definition's sample with these changes.
 * `id` follows from source and sourceId, `key` from the data, a decision is version 1 of its stream.
 */
export function sampleEvent<N extends EventName>(name: N, overrides: Overrides<N> = {}): JourneyEvent<N> {
  const entry = definition(name);
  const source = overrides.source ?? 'urn:throughline:sample';
  const sourceId = overrides.sourceId ?? `sample-${name}`;
  const id = overrides.id ?? eventId(source, sourceId);
  const data = entry.schema.parse({ ...(entry.sample as object), ...overrides.data }) as EventData<N>;
  const key = overrides.stream?.id ?? entry.key(data, id);
  const { occurredAt = OCCURRED } = overrides;
  return {
    schemaVersion: entry.schemaVersion,
    occurredAt: OCCURRED,
    precision: 'instant',
    inferred: [],
    // nothing is recorded before it happened
    recordedAt: occurredAt !== null && occurredAt > RECORDED ? occurredAt : RECORDED,
    stream: entry.kind === 'decision' ? { id: key, version: 1 } : null,
    key,
    traceparent: null,
    tracestate: null,
    ...overrides,
    id,
    source,
    sourceId,
    name,
    data,
  };
}
