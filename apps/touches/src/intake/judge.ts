import {
  acceptFact,
  ContractError,
  readCloudEvents,
  type CloudEventItem,
  type HttpHeaders,
  type JourneyEvent,
} from '@throughline/contracts';
import type { Telemetry, TraceContext } from '@throughline/telemetry';

/** An item that was not taken: its bytes, what is needed to read them again, and why. */
export interface Refused {
  readonly raw: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly code: string;
  readonly field: string | null;
  readonly reason: string;
  readonly remedy: string;
  /** the defect of ours behind it, for the log */
  readonly cause?: unknown;
}

export type Judged = { readonly event: JourneyEvent } | { readonly refused: Refused };

/** What a request is judged with. */
export interface JudgedBy {
  readonly telemetry: Telemetry;
  /** RFC 3339 UTC with milliseconds */
  readonly recordedAt: string;
  /** the request's own trace: that of every item which brings none */
  readonly trace: TraceContext;
}

/**
 * The items of a request, each taken or refused with its reason; never throws for what was sent.
 * Where the items cannot be told apart, the whole body is one refused item.
 */
export async function judge(headers: HttpHeaders, body: Buffer, by: JudgedBy): Promise<readonly Judged[]> {
  const own = inTrace(headers, by.trace);
  let items: readonly CloudEventItem[];
  try {
    items = readCloudEvents(own, body);
  } catch (error) {
    return [{ refused: refusedOf({ raw: body, headers: readingHeaders(own) }, error) }];
  }
  return Promise.all(items.map((item) => judgeItem(item, by)));
}

/** Why a request is refused before its body is read. */
export type Why = Pick<Refused, 'code' | 'field' | 'reason' | 'remedy'>;

/** A whole request as one refused item, kept with what reads it again. */
export function refuseWhole(headers: HttpHeaders, body: Buffer, trace: TraceContext, why: Why): Judged {
  return { refused: { raw: body, headers: readingHeaders(inTrace(headers, trace)), ...why } };
}

function inTrace(headers: HttpHeaders, { traceparent, tracestate }: TraceContext): HttpHeaders {
  return { ...headers, traceparent: traceparent ?? undefined, tracestate: tracestate ?? undefined };
}

async function judgeItem(item: CloudEventItem, by: JudgedBy): Promise<Judged> {
  try {
    return { event: await eventOf(item, by) };
  } catch (error) {
    return { refused: refusedOf(item, error) };
  }
}

/** An item that brings a trace is accepted in that one, under a span of its own. */
async function eventOf(
  item: CloudEventItem,
  { telemetry, recordedAt, trace }: JudgedBy,
): Promise<JourneyEvent> {
  if (item.event === null) throw item.error;
  const { attributes, data } = item.event;
  const { traceparent = null, tracestate = null, ...others } = attributes;
  if (traceparent === null || traceparent === trace.traceparent) return acceptFact(item.event, recordedAt);
  return telemetry.accept('event', { traceparent, tracestate }, (own) => {
    const carried = Object.entries(own).filter((pair): pair is [string, string] => pair[1] !== null);
    return Promise.resolve(
      acceptFact({ attributes: { ...others, ...Object.fromEntries(carried) }, data }, recordedAt),
    );
  });
}

/** Input that shows a defect of ours is kept like any other, so that it can be replayed once that is mended. */
function refusedOf({ raw, headers }: Pick<Refused, 'raw' | 'headers'>, error: unknown): Refused {
  if (error instanceof ContractError) {
    return {
      raw,
      headers,
      code: error.code,
      field: error.field,
      reason: error.message,
      remedy: error.remedy,
    };
  }
  return {
    raw,
    headers,
    code: 'unforeseen',
    field: null,
    reason: 'the door failed on it',
    remedy: 'It is kept. Tell the operators its quarantine id; they can replay it once the cause is mended.',
    cause: error,
  };
}

const READING = /^(ce-.+|content-type|traceparent|tracestate)$/;

/** Of a request's headers only those needed to read its body again: others may hold secrets. */
function readingHeaders(headers: HttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(([name, value]) => READING.test(name) && value !== undefined);
  return Object.fromEntries(kept.map(([name, value]) => [name, [value].flat().join(', ')]));
}
