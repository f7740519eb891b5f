import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { Telemetry } from './telemetry.ts';

const TRACER = 'throughline';
/** A batch span links to every event of its batch; OpenTelemetry's own limit of 128 would drop most of them. */
export const SPAN_LIMITS = { linkCountLimit: 20_000 };

/**
 * Tracing for one process. Spans are exported by OTLP when OTEL_EXPORTER_OTLP_ENDPOINT is set (the other OTEL_*
 * variables then apply as OpenTelemetry defines them); otherwise nothing leaves the process, but every
 * accepted event still gets a trace context, so that a trace begun elsewhere goes through whole.
 * Nothing is instrumented by itself: kafkajs instrumentation would overwrite the context an event carries.
 */
export function startTelemetry(
  service: string,
  env: Readonly<Record<string, string | undefined>>,
): Telemetry {
  if (!env['OTEL_EXPORTER_OTLP_ENDPOINT']) {
    return new Telemetry(trace.getTracer(TRACER), { service, exports: false });
  }
  const sdk = new NodeSDK({
    serviceName: env['OTEL_SERVICE_NAME'] ?? `throughline-${service}`,
    instrumentations: [],
    logRecordProcessors: [],
    metricReaders: [],
    spanLimits: SPAN_LIMITS,
  });
  sdk.start();
  return new Telemetry(trace.getTracer(TRACER), { service, exports: true }, () => sdk.shutdown());
}
