import {
  ROOT_CONTEXT,
  isSpanContextValid,
  trace,
  TraceFlags,
  createTraceState,
  type Context,
  type Link,
  type SpanContext,
} from '@opentelemetry/api';
import { RandomIdGenerator } from '@opentelemetry/sdk-trace';

/** W3C trace context as it travels: in HTTP headers, outbox rows and log records, unchanged from end to end. */
export interface TraceContext {
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

export const NO_TRACE: TraceContext = { traceparent: null, tracestate: null };

/** Longer than this a tracestate is dropped (W3C asks for at least 512 characters to be carried). */
const LONGEST_TRACESTATE = 512;
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** One header value: Kafka hands over Buffers, and arrays where a header was repeated. */
type HeaderValue = string | Buffer | readonly (string | Buffer)[] | undefined;

/** Reads the trace context from headers; what is malformed counts as absent, as W3C asks. Never throws. */
export function extract(headers: Readonly<Record<string, HeaderValue>>): TraceContext {
  const traceparent = text(headers['traceparent']);
  if (traceparent === null || spanContextOf({ traceparent, tracestate: null }) === null) return NO_TRACE;
  const tracestate = text(headers['tracestate']);
  const kept = tracestate !== null && tracestate.length <= LONGEST_TRACESTATE ? tracestate : null;
  return { traceparent, tracestate: kept };
}

/** The headers that carry a trace context; none where there is no context. */
export function inject(context: TraceContext): Record<string, string> {
  return {
    ...(context.traceparent === null ? {} : { traceparent: context.traceparent }),
    ...(context.traceparent === null || context.tracestate === null
      ? {}
      : { tracestate: context.tracestate }),
  };
}

/** The span that a trace context names, or null when it names none. */
export function spanContextOf(context: TraceContext): SpanContext | null {
  const match = TRACEPARENT.exec(context.traceparent ?? '');
  const [, version, traceId = '', spanId = '', flags = '00', rest] = match ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return null;
  const found: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(context.tracestate === null ? {} : { traceState: createTraceState(context.tracestate) }),
  };
  return isSpanContextValid(found) ? found : null;
}

const ids = new RandomIdGenerator();

/** A span below the one named, or the first of a new trace, as a tracer would begin it. */
export function below(context: TraceContext): SpanContext {
  const {
    traceId = ids.generateTraceId(),
    traceFlags = TraceFlags.SAMPLED,
    traceState,
  } = spanContextOf(context) ?? {};
  return { traceId, spanId: ids.generateSpanId(), traceFlags, ...(traceState ? { traceState } : {}) };
}

/** The trace context that names this span. */
export function traceContextOf(span: SpanContext): TraceContext {
  if (!isSpanContextValid(span)) return NO_TRACE;
  const flags = (span.traceFlags & 1).toString(16).padStart(2, '0');
  return {
    traceparent: `00-${span.traceId}-${span.spanId}-${flags}`,
    tracestate: span.traceState?.serialize() || null,
  };
}

/** An OpenTelemetry context whose active span is the one named; the root context when none is. */
export function parentOf(context: TraceContext): Context {
  const span = spanContextOf(context);
  return span === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, span);
}

/** One link for each different span named, in the order given. */
export function linksTo(contexts: Iterable<TraceContext>): Link[] {
  const links = new Map<string, Link>();
  for (const each of contexts) {
    const span = spanContextOf(each);
    if (span !== null) links.set(`${span.traceId}-${span.spanId}`, { context: span });
  }
  return [...links.values()];
}

function text(value: HeaderValue): string | null {
  const first = Array.isArray(value) ? (value as readonly (string | Buffer)[])[0] : value;
  if (first === undefined) return null;
  return typeof first === 'string' ? first : first.toString();
}
