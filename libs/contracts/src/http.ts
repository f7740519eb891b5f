import type { CloudEvent, CloudEventItem } from './cloud-event.ts';
import { ContractError } from './contract.error.ts';
import { decodeHeader } from './header-text.ts';
import { firstByte, sliceArray } from './json-array.ts';
import { BATCH_BYTES, EVENT_BYTES, parseJson } from './json.ts';
import { isJsonType } from './json-type.ts';
import { readStructured } from './structured.ts';
import { NO_TRACE, readTraceContext, type TraceContext } from './trace-context.ts';

/** As Node gives them: lower case names, a repeated header as a list. */
export type HttpHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export const BATCH_EVENTS = 1000;
const STRUCTURED = 'application/cloudevents+json';
const BATCHED = 'application/cloudevents-batch+json';

type Mode = 'binary' | 'structured' | 'batched';

/**
 * The events of an HTTP request in any mode of CloudEvents 1.0; plain `application/json` without `ce-`
 * headers is read as structured (an object) or batched (an array). One bad item refuses no neighbour.
 * @throws ContractError only when nothing of the body can be told apart: batch-too-large, too-many,
 *   empty-body, unsupported-media-type, bad-json
 */
export function readCloudEvents(headers: HttpHeaders, body: Buffer): CloudEventItem[] {
  const sent = flatten(headers);
  if (body.length > BATCH_BYTES) {
    const remedy = `Send at most ${BATCH_BYTES} bytes a request.`;
    throw new ContractError('batch-too-large', null, 'the body is larger than 1 MB', remedy);
  }
  const mode = modeOf(sent, body);
  const trace = readTraceContext(sent['traceparent'], sent['tracestate']);
  if (mode === 'binary') {
    return [item(0, body, binaryHeaders(sent), () => withTrace(readBinary(sent, body), trace))];
  }
  if (firstByte(body) === body.length) {
    throw new ContractError('empty-body', null, 'the body is empty', 'Send an event, or an array of events.');
  }
  const alone = { 'content-type': STRUCTURED, ...pick(sent, ['traceparent', 'tracestate']) };
  const slices = mode === 'batched' ? sliceArray(body, BATCH_EVENTS) : [body];
  return slices.map((raw, index) => item(index, raw, alone, () => withTrace(readStructured(raw), trace)));
}

function modeOf(headers: Record<string, string>, body: Buffer): Mode {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity')
    throw unsupported('Send the body without compression.', 'content-encoding');
  const [media = '', ...parameters] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const charset = parameters.find((part) => part.startsWith('charset='))?.slice('charset='.length);
  if (charset !== undefined && !/^"?(utf-?8|us-ascii)"?$/.test(charset)) {
    throw unsupported('Encode the body as UTF-8.');
  }
  if (media === BATCHED) return 'batched';
  if (media === STRUCTURED) return 'structured';
  if (media.startsWith('application/cloudevents')) throw unsupported('Send the JSON format of CloudEvents.');
  const isBinary = Object.keys(headers).some((name) => name.startsWith('ce-'));
  if (media !== '' && !isJsonType(media)) {
    throw unsupported(`Send ${STRUCTURED}, ${BATCHED}, or a JSON type.`);
  }
  if (isBinary) return 'binary';
  return body[firstByte(body)] === 0x5b ? 'batched' : 'structured';
}

function readBinary(headers: Record<string, string>, body: Buffer): CloudEvent {
  const attributes: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('ce-')) attributes.push([name.slice(3), decodeHeader(name, value)]);
  }
  if (firstByte(body) === body.length) {
    throw new ContractError(
      'missing-attribute',
      'data',
      'the event has no data',
      'Send the data as the body.',
    );
  }
  const data = parseJson(body, { maxBytes: EVENT_BYTES, at: '/data' });
  return { attributes: Object.fromEntries(attributes), data };
}

/** The event's own trace context; that of the request where it brings none. */
function withTrace(event: CloudEvent, ofRequest: TraceContext): CloudEvent {
  const { traceparent: own, tracestate: ownState, ...others } = event.attributes;
  const attributes: Record<string, string> = others;
  const trace = own === undefined ? NO_TRACE : readTraceContext(own, ownState);
  const { traceparent, tracestate } = trace.traceparent === null ? ofRequest : trace;
  if (traceparent !== null) attributes['traceparent'] = traceparent;
  if (tracestate !== null) attributes['tracestate'] = tracestate;
  return { data: event.data, attributes };
}

function item(
  index: number,
  raw: Buffer,
  headers: Record<string, string>,
  read: () => CloudEvent,
): CloudEventItem {
  try {
    return { index, raw, headers, event: read(), error: null };
  } catch (error) {
    if (error instanceof ContractError) return { index, raw, headers, event: null, error };
    throw error;
  }
}

function flatten(headers: HttpHeaders): Record<string, string> {
  const pairs = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    typeof value === 'string' ? value : value?.join(', '),
  ]);
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

function binaryHeaders(headers: Record<string, string>): Record<string, string> {
  const own = Object.keys(headers).filter((name) => name.startsWith('ce-'));
  return pick(headers, [...own, 'content-type', 'traceparent', 'tracestate']);
}

function pick(headers: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));
}

function unsupported(remedy: string, header = 'content-type'): ContractError {
  return new ContractError('unsupported-media-type', header, 'the body cannot be read', remedy);
}
