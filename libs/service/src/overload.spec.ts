import { Controller, Module } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { recordedTelemetry } from '@throughline/telemetry/testing';
import {
  Health,
  Input,
  Route,
  route,
  serve,
  ServiceLog,
  Shell,
  type InputOf,
  type RunningService,
  type ServeOptions,
} from './index.ts';
import { z } from 'zod';
import { exchange } from './testing/index.ts';

/** Work that never waits, as judging a batch is. */
const work = route({ method: 'get', path: '/v1/work', tag: 'things', summary: 'Takes 20 ms', answers: [] });
const WORK_MS = 20;

const hold = route({
  method: 'post',
  path: '/v1/hold',
  tag: 'things',
  summary: 'Answers when it is let go',
  consumes: { 'application/json': {} },
  answers: [{ status: 200, description: 'The number of bytes', schema: z.object({ bytes: z.int() }) }],
});

/** Requests that reached their handler, each waiting to be let go. */
const held: (() => void)[] = [];
let turnedAway = 0;

@Controller()
class HoldController {
  @Route(hold)
  async hold(@Input() { body }: InputOf<typeof hold>) {
    await new Promise<void>((resolve) => held.push(resolve));
    return { bytes: body.length };
  }

  @Route(work)
  work() {
    for (const began = performance.now(); performance.now() - began < WORK_MS;);
    return {};
  }
}

@Module({ controllers: [HoldController] })
class HoldModule {
  constructor(shell: Shell) {
    shell.turnedAway.watch(hold.path, () => void (turnedAway += 1));
  }
}

let service: RunningService;
let lines: string[];
async function serving(limits: NonNullable<ServeOptions['limits']>): Promise<void> {
  lines = [];
  turnedAway = 0;
  const log = new ServiceLog({ service: 'things', write: (line) => void lines.push(line) });
  const { telemetry } = recordedTelemetry();
  const about = { title: 'Things', version: '1', port: 0 };
  service = await serve({ modules: [HoldModule], ...about, allowedHosts: ['x'], log, telemetry, limits });
}
afterEach(async () => {
  for (const letGo of held.splice(0)) letGo();
  await service.stop();
});

const post = (body: string | Buffer<ArrayBuffer> = 'abc', signal?: AbortSignal) =>
  fetch(`${service.url}/v1/hold`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
    ...(signal ? { signal } : {}),
  });
const head = (...lines: string[]) =>
  ['POST /v1/hold HTTP/1.1', 'host: x', 'content-type: application/json', ...lines, '', ''].join('\r\n');
const problem = async (response: Response) => (await response.json()) as Record<string, unknown>;
const textOf = (answer: { body: Buffer } | null) => JSON.parse(answer?.body.toString() ?? 'null') as unknown;
const inHand = async () => (await service.app.get(Health).freshReport()).checks['requests']?.detail;

/** Sends until it is taken, as callers do that are told 503. */
async function untilTaken(body: string): Promise<number> {
  for (;;) {
    const { status } = await post(body);
    if (status !== 503) return status;
  }
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise(setImmediate);
}

describe('a service that is asked more than it can bear', () => {
  it('turns away at once what is past its ceiling, with Retry-After, and recovers by itself', async () => {
    await serving({ requests: 2 });
    const [first, second] = [post(), post()];
    await until(() => held.length === 2);
    const third = await post();
    expect([third.status, third.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await problem(third)).toMatchObject({ code: 'overloaded', remedy: expect.any(String) });
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    expect([held.length, turnedAway]).toEqual([2, 1]);
    expect(await inHand()).toEqual({ inHand: 2, arriving: 0, bodyBytes: 6, turnedAway: 1 });
    for (const letGo of held.splice(0)) letGo();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    const fourth = post();
    await until(() => held.length === 1);
    held.pop()?.();
    expect((await fourth).status).toBe(200);
  });

  it('turns away what it has no time for, though it has room for more', async () => {
    await serving({ waitMs: 3 * WORK_MS });
    const all = (path: string) =>
      Promise.all(
        Array.from({ length: 60 }, () => fetch(`${service.url}${path}`).then((answer) => answer.status)),
      );
    await all('/health/live'); // opens the connections: what comes then comes at once
    expect((await fetch(`${service.url}/v1/work`)).status).toBe(200);
    const statuses = await all('/v1/work');
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(statuses.filter((status) => status === 200).length).toBeLessThan(30);
    const after = await fetch(`${service.url}/v1/work`);
    expect(after.status).toBe(200);
  });

  it('says so once, not a line a request', async () => {
    await serving({ requests: 1 });
    const first = post();
    await until(() => held.length === 1);
    for (let n = 0; n < 20; n += 1) expect((await post()).status).toBe(503);
    expect(lines.filter((line) => line.includes('overloaded'))).toHaveLength(1);
    held.pop()?.();
    await first;
  });

  it('counts bodies in hand: what they declare, or the longest where they declare nothing', async () => {
    await serving({ bodyBytes: 2_000_000, requestMs: 60_000 });
    const large = post('x'.repeat(1_000_000));
    await until(() => held.length === 1);
    expect(await inHand()).toMatchObject({ inHand: 1, bodyBytes: 1_000_000 });
    const chunked = await exchange(service.url, [head('transfer-encoding: chunked')]);
    expect([chunked?.status, chunked?.headers['retry-after']]).toEqual([503, '2']);
    const small = post('x'.repeat(1_000_000));
    await until(() => held.length === 2);
    expect((await post('x')).status).toBe(503);
    for (const letGo of held.splice(0)) letGo();
    expect([(await large).status, (await small).status]).toEqual([200, 200]);
  });

  it.each([
    ['that lacks one byte', ['content-length: 2'], 'x'],
    ['of which one byte of 1 MB has come', ['content-length: 1000000'], 'x'],
    ['of which nothing has come', ['content-length: 1000000'], ''],
    ['of chunks that do not end', ['transfer-encoding: chunked'], '1\r\nx\r\n'],
  ])(
    'S7 serves others beside callers who hold back a body %s, and ends those for room',
    async (_, lines, part) => {
      await serving({ requests: 4, bodyBytes: 3_000_000, requestMs: 60_000 });
      const stop = new AbortController();
      const stalled = Array.from({ length: 60 }, () =>
        exchange(service.url, [head(...lines), part], { limitMs: 600_000, signal: stop.signal }),
      );
      const ended = Promise.all(stalled.map((each) => each.catch(() => null)));
      const others = Array.from({ length: 4 }, () => untilTaken('x'.repeat(700_000)));
      await until(() => held.length === 4);
      expect(await inHand()).toMatchObject({ inHand: 4 });
      for (const letGo of held.splice(0)) letGo();
      expect(await Promise.all(others)).toEqual([200, 200, 200, 200]);
      stop.abort();
      await ended;
    },
  );

  it('S7 lets no address have more than its share of connections, and ends the oldest that nobody answers', async () => {
    await serving({ connectionsPerPeer: 5 });
    const first = post();
    await until(() => held.length === 1);
    const stop = new AbortController();
    const idle = Array.from({ length: 5 }, () =>
      exchange(service.url, ['POST /v1/hold HTTP/1.1\r\n'], { limitMs: 600_000, signal: stop.signal }),
    );
    const oldest = await idle[0];
    expect(oldest?.status).toBe(408);
    const second = post();
    await until(() => held.length === 2);
    for (const letGo of held.splice(0)) letGo();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    stop.abort();
    await Promise.allSettled(idle);
  });

  it('keeps a request in hand until its handler ends, even where its caller hung up', async () => {
    await serving({ requests: 1 });
    const caller = new AbortController();
    const first = post('abc', caller.signal).catch(() => null);
    await until(() => held.length === 1);
    caller.abort();
    await first;
    for (let n = 0; n < 5; n += 1) expect((await post()).status).toBe(503);
    held.pop()?.();
    await until(async () => (await inHand())?.['inHand'] === 0);
  });

  it('runs a health check once at a time, however many ask', async () => {
    await serving({});
    let running = 0;
    service.app.get(Health).ready('slow', async () => {
      running += 1;
      await new Promise<void>((resolve) => held.push(resolve));
      return { ok: true };
    });
    const asked = [1, 2, 3].map(() => service.app.get(Health).readyReport());
    for (const letGo of held.splice(0)) letGo();
    for (const each of asked) expect((await each).status).toBe('ok');
    expect(running).toBe(1);
  });
});

describe('a caller that is slow or speaks no HTTP', () => {
  it.each([
    ['a head that never ends', ['POST /v1/hold HTTP/1.1\r\nhost: x\r\nx-slow: '], 0],
    ['a body that never ends', [head('content-length: 10'), 'abc'], 1],
    ['a chunk that never comes', [head('transfer-encoding: chunked'), '3\r\nab'], 1],
  ])('is told 408 after %s', async (_, parts, counted) => {
    await serving({ headMs: 200, requestMs: 300 });
    const answer = await exchange(service.url, parts, { limitMs: 5_000 });
    expect(answer?.headers['content-type']).toBe('application/problem+json');
    expect(textOf(answer)).toMatchObject({ status: 408, code: 'too-slow', remedy: expect.any(String) });
    await until(async () => (await inHand())?.['arriving'] === 0 && turnedAway === counted);
    expect(held).toEqual([]);
  });

  it.each([
    ['nonsense', ['what is this\r\n\r\n'], 400, 'unreadable-request'],
    ['a head too large', [head(`x-much: ${'x'.repeat(20_000)}`)], 431, 'head-too-large'],
    ['chunks that are none', [head('transfer-encoding: chunked'), 'zz\r\n'], 400, 'unreadable-request'],
    ['two lengths', [head('content-length: 1', 'content-length: 2'), 'ab'], 400, 'unreadable-request'],
    ['an expectation', [head('expect: miracles', 'content-length: 0')], 417, 'unmet-expectation'],
  ])('is told what is wrong with %s', async (_, parts, status, code) => {
    await serving({});
    const answer = await exchange(service.url, parts);
    expect(answer?.headers['content-type']).toBe('application/problem+json');
    expect(textOf(answer)).toMatchObject({ status, code, remedy: expect.any(String) });
  });

  it('gets a body taken that it was asked to continue with', async () => {
    await serving({});
    const parts = [head('expect: 100-continue', 'content-length: 3', 'connection: close'), 'abc'];
    const answer = exchange(service.url, parts, { pauseMs: 50 });
    await until(() => held.length === 1);
    held.pop()?.();
    expect(textOf(await answer)).toEqual({ bytes: 3 });
  });
});

describe('a service that stops', () => {
  it('turns new requests away with Retry-After, and answers those in hand', async () => {
    await serving({});
    const [first, second] = [post(), post()];
    await until(() => held.length === 2);
    const stopped = service.stop();
    held.shift()?.();
    expect((await first).status).toBe(200);
    await exchange(service.url, [head('content-length: 0')], { limitMs: 2_000 }).then((late) => {
      if (late !== null) expect(textOf(late)).toMatchObject({ status: 503, code: 'stopping' });
    });
    held.shift()?.();
    expect((await second).status).toBe(200);
    expect(await stopped).toBe(true);
  });
});
