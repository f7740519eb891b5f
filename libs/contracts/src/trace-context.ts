export interface TraceContext {
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

export const NO_TRACE: TraceContext = { traceparent: null, tracestate: null };

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[!-~]*)?$/;
const TRACESTATE = /^[ -~]{1,512}$/;

/** A W3C trace context; one that is not well formed is left out, for a trace is no reason to refuse an event. */
export function readTraceContext(
  traceparent: string | null | undefined,
  tracestate: string | null | undefined,
): TraceContext {
  const isValid =
    typeof traceparent === 'string' &&
    traceparent.length <= 200 &&
    TRACEPARENT.test(traceparent) &&
    (!traceparent.startsWith('00') || traceparent.length === 55);
  if (!isValid) return NO_TRACE;
  return { traceparent, tracestate: tracestate && TRACESTATE.test(tracestate) ? tracestate : null };
}
