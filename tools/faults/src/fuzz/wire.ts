import { exchange, type RawAnswer, type RawOptions } from '@throughline/service/testing';
import type { FuzzRequest } from './request.ts';

/** Longer than any `wait` that a request may ask for. */
const LIMIT_MS = 35_000;
const CUT = 7;

/**
 * Sends a request, byte for byte as it was made, over a connection of its own.
 * @returns null where the connection ended without an answer
 * @throws Hanging
 */
export function send(url: string, request: FuzzRequest): Promise<RawAnswer | null> {
  const { method, target, headers, body, transport } = request;
  const sent = new Set(headers.map(([name]) => name.toLowerCase()));
  const length = body?.length ?? 0;
  const framing =
    body === null || sent.has('content-length') || sent.has('transfer-encoding')
      ? []
      : transport === 'chunked'
        ? ['transfer-encoding: chunked']
        : [`content-length: ${transport === 'cut' ? length + CUT : length}`];
  const head = [
    `${method} ${target} HTTP/1.1`,
    `host: ${new URL(url).host}`,
    'connection: close',
    ...framing,
    ...(transport === 'continue' && !sent.has('expect') ? ['expect: 100-continue'] : []),
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  const start = Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1');
  const lies = sent.has('content-length') || sent.has('transfer-encoding') || sent.has('expect');
  const options: RawOptions = { limitMs: LIMIT_MS, ...(transport === 'cut' || lies ? { then: 'end' } : {}) };
  return exchange(url, [start, ...partsOf(body, request)], options);
}

function partsOf(body: Buffer | null, { transport }: FuzzRequest): Buffer[] {
  if (body === null) return [];
  const middle = body.length >> 1;
  if (transport === 'in-pieces') return [body.subarray(0, middle), body.subarray(middle)];
  if (transport !== 'chunked') return [body];
  const chunks = [body.subarray(0, middle), body.subarray(middle)].filter((chunk) => chunk.length > 0);
  return [...chunks.map((chunk) => Buffer.concat([hex(chunk), chunk, END])), Buffer.from('0\r\n\r\n')];
}

const END = Buffer.from('\r\n');
const hex = (chunk: Buffer) => Buffer.from(`${chunk.length.toString(16)}\r\n`);

/** In one line for people: everything needed to send it again by hand, long bodies cut. */
export function inWords({ method, target, headers, body, transport, mutation }: FuzzRequest): string {
  const short = (text: string) => (text.length > 600 ? `${text.slice(0, 600)}… (${text.length})` : text);
  const lines = headers.map(([name, value]) => `${name}: ${short(JSON.stringify(value))}`);
  const sent = body === null ? 'no body' : short(JSON.stringify(body.toString('latin1')));
  return [`${method} ${short(target)} (${mutation ?? 'good'}, ${transport})`, ...lines, sent].join('\n    ');
}
