import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace';
import { SPAN_LIMITS } from '../start.ts';
import { Telemetry } from '../telemetry.ts';

/** A Telemetry whose ended spans can be read; nothing global, so that tests do not see each other's. */
export interface RecordedTelemetry {
  readonly telemetry: Telemetry;
  /** ended spans, in the order they ended; with a name, only those of that name */
  spans(name?: string): readonly ReadableSpan[];
  reset(): void;
}

export function recordedTelemetry(service = 'test'): RecordedTelemetry {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
    spanLimits: SPAN_LIMITS,
  });
  return {
    telemetry: new Telemetry(provider.getTracer('throughline'), { service, exports: true }, () =>
      provider.shutdown(),
    ),
    spans: (name) => exporter.getFinishedSpans().filter((span) => name === undefined || span.name === name),
    reset: () => exporter.reset(),
  };
}
