import type { IncomingMessage } from 'node:http';
import { extract, type TraceContext } from '@throughline/telemetry';

/** What the shell needs of a Fastify request. */
export interface ServiceRequest {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly raw: IncomingMessage;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly routeOptions?: { readonly url?: string | undefined };
}

/** What the shell needs of a Fastify reply. */
export interface ServiceReply {
  readonly sent: boolean;
  code(status: number): ServiceReply;
  header(name: string, value: string): ServiceReply;
  send(body: unknown): unknown;
}

const contentTypes = new WeakMap<object, string>();

/**
 * Lets any body through to its handler as bytes. Fastify refuses a content type that is malformed before anyone can
 * keep what was sent, so it is shown one it knows; `headersOf` gives back the one that was sent.
 */
export function acceptAnyContentType(request: { readonly raw: { headers: Record<string, unknown> } }): void {
  const { headers } = request.raw;
  const sent = headers['content-type'];
  if (typeof sent !== 'string') return;
  contentTypes.set(headers, sent);
  headers['content-type'] = 'application/octet-stream';
}

/** The headers as they were sent, a repeated one joined by commas. */
export function headersOf(request: ServiceRequest): Record<string, string | undefined> {
  const contentType = contentTypes.get(request.raw.headers);
  return Object.fromEntries(
    Object.entries({
      ...request.headers,
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
    }).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

const traces = new WeakMap<ServiceRequest, TraceContext>();

/** Remembers the context of the request's own accept span. */
export function keepTrace(request: ServiceRequest, own: TraceContext): void {
  traces.set(request, own);
}

/** The request's own trace, or the one its caller sent where it has none of its own. */
export function traceOf(request: ServiceRequest): TraceContext {
  return traces.get(request) ?? extract(request.headers);
}

const reached = new WeakSet<ServiceRequest>();

/** Notes that a request came as far as its handler. */
export function keepReached(request: ServiceRequest): void {
  reached.add(request);
}

export function hasReached(request: ServiceRequest): boolean {
  return reached.has(request);
}

/** What names a request in traces and logs: its trace id, else Fastify's own number. */
export function traceIdOf(request: ServiceRequest): string {
  return traceOf(request).traceparent?.slice(3, 35) ?? request.id;
}
