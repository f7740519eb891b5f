import type { Request } from '../load/exchange.ts';

const SOURCE = 'urn:throughline:bench';

/** Page views, each by a visitor of its own, in one request: event k of request n is `<label>-<n>-<k>`. */
export function touches(label: string, size: number): (n: number) => Request {
  const headers = { 'content-type': 'application/cloudevents-batch+json' };
  return (n) => ({
    method: 'POST',
    path: '/v1/events',
    headers,
    body: `[${list(size, (k) => touch(`${label}-${n}-${k}`))}]`,
  });
}

/** One page view as a structured CloudEvent: event n is `<label>-<n>-0`, by the visitor of the same name. */
export function singleTouch(label: string): (n: number) => Request {
  const headers = { 'content-type': 'application/cloudevents+json' };
  return (n) => ({ method: 'POST', path: '/v1/events', headers, body: touch(`${label}-${n}-0`) });
}

/** Leads captured, `size` in one request: lead k of request n is `<label>-<n>-<k>`. */
export function leads(label: string, size: number): (n: number) => Request {
  const headers = { 'content-type': 'application/json' };
  return (n) => ({
    method: 'POST',
    path: '/v1/leads/commands',
    headers,
    body: `{"commands":[${list(size, (k) => lead(`${label}-${n}-${k}`))}]}`,
  });
}

function touch(id: string): string {
  return (
    `{"specversion":"1.0","id":"${id}","source":"${SOURCE}","type":"throughline.touch.recorded.v1",` +
    `"time":"2026-03-01T09:00:00Z","data":{"kind":"activity","touchType":"page-view","team":"marketing",` +
    `"channel":"organic_search","visitor":"${id}","url":"https://www.example.com/pages/${id}"}}`
  );
}

function lead(id: string): string {
  return (
    `{"command":"capture","id":"${id}","idempotencyKey":"${id}","source":"${SOURCE}",` +
    `"occurredAt":"2026-03-01T09:00:00Z","data":{"source":"paid_search","productLine":"core"}}`
  );
}

function list(size: number, one: (k: number) => string): string {
  return Array.from({ length: size }, (_, k) => one(k)).join(',');
}
