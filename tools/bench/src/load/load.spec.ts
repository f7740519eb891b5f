import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { load, saturate } from './load.ts';

async function serving<T>(listener: RequestListener, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const get = () => ({ method: 'GET', path: '/', headers: {}, body: null });

describe('the open-loop driver', () => {
  it('sends at the rate it was told and counts what came back', async () => {
    let seen = 0;
    const result = await serving(
      (_, answer) => {
        answer.statusCode = seen++ % 4 === 0 ? 503 : 202;
        answer.end('taken');
      },
      (url) => load({ url, rate: 200, seconds: 0.5, request: get }),
    );
    expect(result.requests).toBe(100);
    expect(result.statuses).toEqual({ 202: 75, 503: 25 });
    expect(result.okLatency.p50).toBeGreaterThan(0);
  });

  it('charges a stall to every request that should have been sent during it', async () => {
    let stalledUntil = 0;
    const result = await serving(
      (_, answer) => {
        if (stalledUntil === 0) stalledUntil = performance.now() + 400;
        setTimeout(() => answer.end(), Math.max(0, stalledUntil - performance.now()));
      },
      // One connection: a driver that waited for the answer would see one slow request out of 50.
      (url) => load({ url, rate: 100, seconds: 0.5, connections: 1, request: get }),
    );
    expect(result.latency.max).toBeGreaterThan(350);
    expect(result.latency.p50).toBeGreaterThan(100);
  });

  it('times out what gets no answer, with or without a connection', async () => {
    const result = await serving(
      () => undefined,
      (url) => load({ url, rate: 50, seconds: 0.2, connections: 2, timeoutMs: 100, request: get }),
    );
    expect(result.statuses).toEqual({ timeout: 10 });
    expect(result.latency.p50).toBeGreaterThan(90);
  });

  it('counts a connection refused under its code', async () => {
    const url = await serving(
      () => undefined,
      async (address) => address,
    );
    const result = await load({ url, rate: 20, seconds: 0.1, request: get });
    expect(result.statuses).toEqual({ ECONNREFUSED: 2 });
  });

  it('gives the bodies and answers of each request to who asks for them', async () => {
    const bodies: string[] = [];
    await serving(
      (request, answer) => void request.pipe(answer),
      (url) =>
        load({
          url,
          rate: 100,
          seconds: 0.05,
          request: (n) => ({ method: 'POST', path: '/', headers: {}, body: `body ${n}` }),
          answered: (n, { body }) => (bodies[n] = body),
        }),
    );
    expect(bodies).toEqual([0, 1, 2, 3, 4].map((n) => `body ${n}`));
  });
});

describe('saturation', () => {
  it('keeps every connection busy and counts 2xx', async () => {
    const rate = await serving(
      (_, answer) => void setTimeout(() => answer.end(), 50),
      (url) => saturate({ url, seconds: 0.4, connections: 4, request: get }),
    );
    expect(rate).toBeGreaterThan(40);
    expect(rate).toBeLessThan(81);
  });
});
