import { Controller, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordedTelemetry } from '@throughline/telemetry/testing';
import { z } from 'zod';
import { Input, Route, route, serve, ServiceLog, Shell, type InputOf, type RunningService } from './index.ts';
import { exchange } from './testing/index.ts';

const made = { status: 201, description: 'Made', schema: z.object({}) };
const change = route({
  method: 'post',
  path: '/v1/things',
  tag: 'things',
  summary: 'Changes a thing',
  body: z.strictObject({ size: z.int().optional() }),
  answers: [made],
});
const start = route({
  method: 'post',
  path: '/v1/start',
  tag: 'things',
  summary: 'Starts something, and takes nothing',
  answers: [made],
});
const read = route({
  method: 'get',
  path: '/v1/things',
  tag: 'things',
  summary: 'Reads the things',
  answers: [{ status: 200, description: 'They', schema: z.object({}) }],
});

let handled = 0;
let counted = 0;

@Controller()
class ThingsController {
  @Route(change)
  change(@Input() _: InputOf<typeof change>) {
    handled += 1;
    return {};
  }

  @Route(start)
  start(@Input() _: InputOf<typeof start>) {
    handled += 1;
    return {};
  }

  @Route(read)
  read() {
    handled += 1;
    return {};
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {
  constructor({ turnedAway }: Shell) {
    turnedAway.watch('/v1/things', () => (counted += 1));
  }
}

let service: RunningService;
let port: number;

beforeAll(async () => {
  const log = new ServiceLog({ service: 'things', write: () => undefined });
  const { telemetry } = recordedTelemetry();
  const about = { title: 'Things', version: '1', port: 0, allowedHosts: ['Tunnel.example:8080', 'proxy'] };
  service = await serve({ modules: [ThingsModule], ...about, log, telemetry });
  port = Number(new URL(service.url).port);
});
afterAll(() => service.stop());

interface Sent {
  readonly method?: string;
  readonly target?: string;
  /** lines of the head; PORT stands for the port of the service */
  readonly lines: readonly string[];
  readonly body?: string;
}

async function send({ method = 'GET', target = '/v1/things', lines, body = '' }: Sent) {
  const before = { handled, counted };
  const head = [
    `${method} ${target} HTTP/1.1`,
    ...lines,
    `content-length: ${body.length}`,
    'connection: close',
  ];
  const text = `${head.join('\r\n').replaceAll('PORT', String(port))}\r\n\r\n${body}`;
  const answer = await exchange(service.url, [text]);
  const found = answer?.body.length ? (JSON.parse(answer.body.toString()) as Record<string, unknown>) : {};
  return {
    status: answer?.status,
    headers: answer?.headers ?? {},
    body: found,
    handled: handled - before.handled,
    counted: counted - before.counted,
  };
}

const own = 'host: localhost:PORT';
const json = 'content-type: application/json';

describe('the Host header', () => {
  it.each([
    '127.0.0.1:PORT',
    'localhost:PORT',
    'LOCALHOST:PORT',
    '[::1]:PORT',
    'tunnel.example:8080',
    'proxy',
  ])('S1 may be %s', async (host) => {
    expect(await send({ lines: [`host: ${host}`] })).toMatchObject({ status: 200, handled: 1 });
  });

  it.each([
    'attacker.example',
    'attacker.example:PORT',
    'localhost',
    'localhost:1',
    'localhost:PORT.attacker.example',
    'localhost.attacker.example:PORT',
    'attacker.example@localhost:PORT',
    'evil.localhost:PORT',
    '127.0.0.1.nip.example:PORT',
    '0.0.0.0:PORT',
    '2130706433:PORT',
    '[::ffff:127.0.0.1]:PORT',
    'tunnel.example',
    'tunnel.example:PORT',
  ])('S1 refuses %s by 421, whatever the method', async (host) => {
    for (const method of ['GET', 'POST', 'HEAD', 'OPTIONS', 'DELETE']) {
      const answer = await send({ method, lines: [`host: ${host}`, json], body: '{}' });
      expect(answer).toMatchObject({ status: 421, handled: 0, counted: 0 });
      if (method === 'GET') expect(answer.body).toMatchObject({ code: 'foreign-host', field: 'host' });
    }
  });

  it.each([
    ['none', []],
    ['an empty one', ['host: ']],
    ['two', [own, 'host: attacker.example']],
    ['the same twice', [own, own]],
  ])('S10 refuses %s by a problem that says what is missing', async (_, lines) => {
    const answer = await send({ lines });
    expect(answer).toMatchObject({ status: 400, handled: 0, body: { code: 'host-missing', field: 'host' } });
    expect(answer.body['remedy']).toContain('Host header');
  });

  it('S1 is not overruled by a target or by a header of a proxy', async () => {
    const target = 'http://attacker.example/v1/things';
    expect(await send({ target, lines: [own] })).toMatchObject({ status: 400, handled: 0 });
    const forwarded = [
      'host: attacker.example',
      'x-forwarded-host: localhost:PORT',
      'forwarded: host=localhost',
    ];
    expect(await send({ lines: forwarded })).toMatchObject({ status: 421, handled: 0 });
  });

  it('S1 is checked for paths that no route has, for files and for health', async () => {
    for (const target of ['/', '/docs', '/docs/swagger-ui.css', '/openapi.json', '/health/live', '/nothing'])
      expect(await send({ target, lines: ['host: attacker.example'] })).toMatchObject({ status: 421 });
  });
});

describe('a page of another origin', () => {
  it.each([
    ['origin: http://attacker.example'],
    ['origin: null'],
    ['origin: http://localhost:1'],
    ['origin: http://127.0.0.1:PORT'],
    ['origin: http://localhost:PORT.attacker.example'],
    ['origin: '],
    ['sec-fetch-site: cross-site'],
    ['sec-fetch-site: same-site'],
    ['sec-fetch-site: made-up'],
    ['origin: http://localhost:PORT\r\nsec-fetch-site: cross-site'],
    ['origin: http://attacker.example\r\nsec-fetch-site: same-origin'],
  ])('S1 calls nothing, with %s', async (line) => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const answer = await send({ method, lines: [own, json, line], body: '{}' });
      expect(answer).toMatchObject({ status: 403, handled: 0, counted: 0 });
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('S1 may link to a page, and may neither frame it nor link to an answer', async () => {
    const link = ['sec-fetch-site: cross-site', 'sec-fetch-mode: navigate', 'sec-fetch-dest: document'];
    const frame = [...link.slice(0, 2), 'sec-fetch-dest: iframe'];
    const page = await exchange(service.url, [
      [`GET /docs HTTP/1.1`, `host: localhost:${port}`, ...link, 'connection: close', '', ''].join('\r\n'),
    ]);
    expect(page?.status).toBe(200);
    expect(await send({ target: '/docs', lines: [own, ...frame] })).toMatchObject({ status: 403 });
    expect(await send({ lines: [own, ...link] })).toMatchObject({ status: 403, handled: 0 });
  });

  it('S1 is told from its own pages and from programs', async () => {
    for (const line of [
      'origin: http://localhost:PORT',
      'sec-fetch-site: same-origin',
      'sec-fetch-site: none',
      'user-agent: curl',
    ])
      expect(await send({ method: 'POST', lines: [own, json, line], body: '{}' })).toMatchObject({
        status: 201,
        handled: 1,
      });
  });
});

describe('the type of a POST', () => {
  it.each([
    'application/json',
    'Application/JSON; charset=utf-8',
    'text/json',
    'application/cloudevents+json',
    'application/cloudevents-batch+json; charset=UTF-8',
    'application/vnd.acme_x.y-z+json',
  ])('S1 may be %s', async (type) => {
    const answer = await send({ method: 'POST', lines: [own, `content-type: ${type}`], body: '{}' });
    expect(answer).toMatchObject({ status: 201, handled: 1 });
  });

  it.each([
    undefined,
    '',
    'text/plain',
    'text/plain;application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=application/json',
    'application/json, text/plain',
    'application/jsonp',
    'nonsense',
    '*/*',
    'text/html+json, text/plain',
    'application/cloudevents+avro',
  ])('S1 refuses %s by 415 and counts it', async (type) => {
    for (const target of ['/v1/things', '/v1/start']) {
      const lines = [own, ...(type === undefined ? [] : [`content-type: ${type}`])];
      const answer = await send({ method: 'POST', target, lines, body: '{}' });
      expect(answer).toMatchObject({ status: 415, handled: 0, body: { field: 'content-type' } });
      expect(answer.counted).toBe(target === '/v1/things' ? 1 : 0);
    }
  });

  it('S1 is asked of a route that takes nothing, whose body is {}', async () => {
    const target = '/v1/start';
    const lines = [own, json];
    expect(await send({ method: 'POST', target, lines, body: '{}' })).toMatchObject({
      status: 201,
      handled: 1,
    });
    expect(await send({ method: 'POST', target, lines, body: '{"a":1}' })).toMatchObject({ status: 422 });
    expect(await send({ method: 'POST', target, lines })).toMatchObject({ status: 400, handled: 0 });
  });
});

describe('every answer', () => {
  it.each(['/v1/things', '/docs', '/openapi.json', '/nothing', '/docs/swagger-ui.css', '/health/live'])(
    'S1 of %s forbids frames, other origins and inline scripts',
    async (path) => {
      const { headers } = await fetch(service.url + path);
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    },
  );
});

describe('the folder of the page', () => {
  it.each([
    'package.json',
    'README.md',
    'index.js',
    'absolute-path.js',
    'swagger-initializer.js',
    'swagger-ui.js.map',
    '%70ackage.json',
    'docs/package.json',
    './package.json',
    '%2e/package.json',
    '..%2fpackage.json',
    'swagger-ui.css/../package.json',
  ])('S10 does not serve %s', async (file) => {
    const answer = await send({ target: `/docs/${file}`, lines: [own] });
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ code: 'unknown-route' });
  });
});
