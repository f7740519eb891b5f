import { Controller, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DomainError } from '@throughline/decider';
import { StoreOverloaded, StreamBusy } from '@throughline/event-store';
import { recordedTelemetry } from '@throughline/telemetry/testing';
import { z } from 'zod';
import {
  answer,
  Health,
  Input,
  Lifecycle,
  limit,
  Route,
  route,
  serve,
  ServiceLog,
  type Answer,
  type InputOf,
  type RunningService,
} from './index.ts';

const list = route({
  method: 'get',
  path: '/v1/things',
  tag: 'things',
  summary: 'Lists things',
  query: z.strictObject({ limit, colour: z.enum(['red', 'blue']).optional(), owner: z.string().optional() }),
  answers: [{ status: 200, description: 'The things', schema: z.object({ limit: z.int() }) }],
});
const make = route({
  method: 'post',
  path: '/v1/things/:id',
  tag: 'things',
  summary: 'Makes a thing',
  params: z.object({ id: z.string().max(200) }),
  body: z.strictObject({
    size: z.int().min(1),
    parts: z.array(z.strictObject({ name: z.string() })).default([]),
  }),
  answers: [{ status: 201, description: 'Made', schema: z.looseObject({ id: z.string() }) }],
});
const raw = route({
  method: 'post',
  path: '/v1/raw',
  tag: 'things',
  summary: 'Takes bytes',
  consumes: { 'application/json': {}, 'application/cloudevents+json': { examples: { one: { value: 1 } } } },
  answers: [{ status: 202, description: 'Taken', schema: z.object({ hex: z.string() }) }],
});

class Broken extends Error {
  readonly retriable = true;
}

const down = route({
  method: 'get',
  path: '/v1/down',
  tag: 'things',
  summary: 'Reads what is not there',
  answers: [{ status: 200, description: 'It', schema: z.object({}) }],
});

@Controller()
class ThingsController {
  @Route(down)
  down() {
    throw new Broken('secret host db-7');
  }

  @Route(list)
  list(@Input() { query }: InputOf<typeof list>) {
    return query;
  }

  @Route(make)
  make(@Input() { params, body, trace }: InputOf<typeof make>): Answer {
    if (params.id === 'refused') throw new DomainError('thing-exists', 'It exists; use another id.');
    if (params.id === 'down') throw new Broken('secret host db-7');
    if (params.id === 'busy') throw new StreamBusy('thing-1');
    if (params.id === 'full') throw new StoreOverloaded(1_000);
    if (params.id === 'defect') throw new TypeError('secret detail');
    return answer(201, { id: params.id, ...body, trace }, { etag: '"1"' });
  }

  @Route(raw)
  raw(@Input() { body, headers }: InputOf<typeof raw>) {
    return { hex: body.toString('hex'), type: headers['content-type'] ?? null };
  }
}

const ended: string[] = [];

@Module({ controllers: [ThingsController] })
class ThingsModule {
  constructor(health: Health, lifecycle: Lifecycle) {
    health.ready('things.database', () => Promise.resolve({ ok: true }));
    health.fresh('things.lag', () => Promise.reject(new Error('down')));
    lifecycle.pool(() => Promise.resolve(void ended.push('pool')));
    lifecycle.consumer(() => Promise.resolve(void ended.push('consumer')));
  }
}

const lines: string[] = [];
const { telemetry, spans } = recordedTelemetry();
let service: RunningService;

beforeAll(async () => {
  const log = new ServiceLog({ service: 'things', write: (line) => void lines.push(line) });
  service = await serve({ modules: [ThingsModule], title: 'Things', version: '1', port: 0, log, telemetry });
});
afterAll(() => service.stop());

async function call(path: string, init?: RequestInit) {
  const response = await fetch(service.url + path, init);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: JSON.parse(text) as Record<string, unknown>,
  };
}
const post = (path: string, body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}) =>
  call(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

describe('a checked request', () => {
  it('reaches its handler as the schema gives it, with a trace of its own', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const made = await post('/v1/things/t%2F1', '{"size":2}', { traceparent });
    expect(made.status).toBe(201);
    expect(made.headers.get('etag')).toBe('"1"');
    const [accept] = spans('accept POST /v1/things/:id');
    const own = `00-${'a'.repeat(32)}-${accept?.spanContext().spanId}-01`;
    expect(made.body).toEqual({
      id: 't/1',
      size: 2,
      parts: [],
      trace: { traceparent: own, tracestate: null },
    });
  });

  it('gives defaults to a query and refuses an unknown name or value by name', async () => {
    expect((await call('/v1/things')).body).toEqual({ limit: 100 });
    const unknown = await call('/v1/things?color=red');
    expect(unknown).toMatchObject({ status: 422, body: { code: 'invalid-query', field: 'color' } });
    const wrong = await call('/v1/things?colour=green');
    expect(wrong.body).toMatchObject({
      detail: 'colour: is none of the values that it can have',
      ...{ field: 'colour', remedy: 'Send "red" or "blue".' },
    });
    expect((await call('/v1/things?limit=0')).body).toMatchObject({
      field: 'limit',
      remedy: 'Send at least 1.',
    });
  });

  it('refuses NUL in a path or a query, which no database could look up', async () => {
    const query = await call('/v1/things?owner=a%00');
    expect(query).toMatchObject({ status: 422, body: { code: 'invalid-query', field: 'owner' } });
    const path = await post('/v1/things/%00', '{"size":1}');
    expect(path).toMatchObject({ status: 422, body: { code: 'invalid-path', field: 'id' } });
  });

  it('passes bytes of any JSON type unchanged', async () => {
    const bytes = Buffer.from([0, 255, 123, 10]);
    for (const type of ['application/json', 'text/json', 'application/vnd.a-b+json; v=1', 'x/y+json']) {
      expect((await post('/v1/raw', bytes, { 'content-type': type })).body).toEqual({
        hex: '00ff7b0a',
        type,
      });
    }
    expect(await post('/v1/raw', '')).toMatchObject({ status: 202, body: { hex: '' } });
  });
});

describe('a problem', () => {
  it.each([
    ['/v1/things/a', '{"size":', 400, 'bad-json', undefined],
    ['/v1/things/a', '', 400, 'bad-json', undefined],
    ['/v1/things/a', '{"size":1,"size":2}', 422, 'duplicate-key', '/size'],
    ['/v1/things/a', '{"size":"big"}', 422, 'invalid-body', '/size'],
    ['/v1/things/a', '{"size":1,"parts":[{"name":1}]}', 422, 'invalid-body', '/parts/0/name'],
    ['/v1/things/a', '{"size":1,"more":1}', 422, 'invalid-body', '/more'],
    ['/v1/things/refused', '{"size":1}', 409, 'thing-exists', undefined],
    ['/v1/nowhere', '{}', 404, 'unknown-route', undefined],
  ])('of %s with %s is %i %s', async (path, body, status, code, field) => {
    const found = await post(path, body);
    expect(found.headers.get('content-type')).toBe('application/problem+json');
    expect(found).toMatchObject({ status, body: { status, code, type: `urn:throughline:problem:${code}` } });
    expect(found.body['field']).toBe(field);
    expect(found.body['traceId']).toEqual(expect.any(String));
  });

  it.each([
    ['that cannot be decoded', '/v1/%zz', 400, 'unreadable-request'],
    ['with a part too long', `/v1/things/${'x'.repeat(1_001)}`, 414, 'url-too-long'],
  ])('of a URL %s is one too', async (_, path, status, code) => {
    const found = await post(path, '{}');
    expect(found.headers.get('content-type')).toBe('application/problem+json');
    expect(found).toMatchObject({ status, body: { status, code, traceId: expect.any(String) } });
  });

  it('of a change by others at the same moment says so', async () => {
    const busy = await post('/v1/things/busy', '{"size":1}');
    expect(busy).toMatchObject({ status: 503, body: { code: 'stream-busy' } });
    expect(busy.body['detail']).toContain('Others changed it at the same moment');
  });

  it('of a queue inside that is full is that of overload, and is said once', async () => {
    for (let n = 0; n < 3; n += 1) {
      const full = await post('/v1/things/full', '{"size":1}');
      expect(full).toMatchObject({ status: 503, body: { code: 'overloaded', remedy: expect.any(String) } });
      expect(full.headers.get('retry-after')).toBe('2');
    }
    expect(lines.filter((line) => line.includes('overloaded'))).toHaveLength(1);
  });

  it('of a body past the limit is 413 and says to split it', async () => {
    const found = await post('/v1/raw', Buffer.alloc(1_200_000));
    expect(found).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
  });

  it('F9 of infrastructure speaks of no Idempotency-Key where something was only read', async () => {
    const found = await call('/v1/down');
    expect(found).toMatchObject({ status: 503, body: { code: 'not-available' } });
    expect(found.body['remedy']).toContain('Ask again');
    expect(JSON.stringify(found.body)).not.toContain('Idempotency-Key');
    expect((await post('/v1/things/down', '{"size":1}')).body['remedy']).toContain('Idempotency-Key');
  });

  it('of infrastructure is 503 with Retry-After, of a defect 500, and neither tells what broke', async () => {
    const down = await post('/v1/things/down', '{"size":1}');
    expect(down).toMatchObject({ status: 503, body: { code: 'not-available' } });
    expect(down.headers.get('retry-after')).toBe('2');
    const defect = await post('/v1/things/defect', '{"size":1}');
    expect(defect).toMatchObject({ status: 500, body: { code: 'unforeseen' } });
    expect(JSON.stringify([down.body, defect.body])).not.toContain('secret');
    const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 'error', traceId: defect.body['traceId'], error: 'TypeError' }),
    );
  });
});

describe('the shell', () => {
  it('answers health by what modules contribute', async () => {
    expect((await call('/health/live')).status).toBe(200);
    expect(await call('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await call('/health/fresh')).toMatchObject({
      status: 503,
      body: { status: 'failing', checks: { 'things.lag': { ok: false } } },
    });
  });

  it('serves OpenAPI 3.1 of every route and a page to read it', async () => {
    const { body } = await call('/openapi.json');
    expect(body).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/v1/things': {
          get: {
            summary: 'Lists things',
            parameters: [{ name: 'limit', in: 'query' }, { name: 'colour' }, { name: 'owner' }],
          },
        },
        '/v1/things/{id}': {
          post: {
            operationId: 'postV1ThingsById',
            requestBody: { content: { 'application/json': { schema: { required: ['size'] } } } },
            responses: {
              '201': {
                description: 'Made',
                content: { 'application/json': { schema: { required: ['id'] } } },
              },
              default: { content: { 'application/problem+json': {} } },
            },
          },
        },
        '/v1/raw': {
          post: {
            requestBody: {
              content: {
                'application/json': {},
                'application/cloudevents+json': { examples: { one: { value: 1 } } },
              },
            },
          },
        },
        '/health/ready': {},
      },
      components: { schemas: { Problem: { type: 'object' } } },
    });
    const page = await fetch(`${service.url}/`);
    expect(page.url).toBe(`${service.url}/docs`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('swagger-ui');
    const style = await fetch(`${service.url}/docs/swagger-ui.css`);
    expect(await style.text()).toContain('.swagger-ui');
  });

  it('lets no route be without a schema of what it answers', () => {
    const bare = { ...list, answers: [{ status: 200, description: 'The things' }] };
    expect(() => Route(bare)).toThrow('GET /v1/things: give its answer 200 a schema');
  });

  it('listens on loopback only', async () => {
    const log = new ServiceLog({ service: 'x', write: () => undefined });
    const open = serve({ modules: [], title: 'x', version: '1', port: 0, host: '0.0.0.0', log, telemetry });
    await expect(open).rejects.toThrow('loopback only');
  });

  it('stops consumers before pools, and says it is not ready meanwhile', async () => {
    const log = new ServiceLog({ service: 'x', write: () => undefined });
    ended.length = 0;
    const other = await serve({ modules: [ThingsModule], title: 'x', version: '1', port: 0, log, telemetry });
    const health = other.app.get(Health);
    expect(await other.stop()).toBe(true);
    expect(ended).toEqual(['consumer', 'pool']);
    expect(await health.readyReport()).toMatchObject({ status: 'failing' });
    await expect(fetch(`${other.url}/health/live`)).rejects.toThrow();
  });
});
