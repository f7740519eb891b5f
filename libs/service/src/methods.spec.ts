import { Controller, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordedTelemetry } from '@throughline/telemetry/testing';
import { z } from 'zod';
import { Input, Route, route, serve, ServiceLog, type InputOf, type RunningService } from './index.ts';
import { exchange } from './testing/index.ts';

const thing = { path: '/v1/things/:id', tag: 'things', params: z.object({ id: z.string() }) };
const answers = [{ status: 200, description: 'It', schema: z.object({ id: z.string() }) }];
const show = route({ ...thing, method: 'get', summary: 'Shows one', answers });
const change = route({ ...thing, method: 'post', summary: 'Changes one', answers });
const make = route({ ...thing, path: '/v1/made/:id', method: 'post', summary: 'Makes one', answers });

@Controller()
class ThingsController {
  @Route(show)
  show(@Input() { params }: InputOf<typeof show>) {
    return params;
  }

  @Route(change)
  change(@Input() { params }: InputOf<typeof change>) {
    return params;
  }

  @Route(make)
  make(@Input() { params }: InputOf<typeof make>) {
    return params;
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

const { telemetry, spans } = recordedTelemetry();
let service: RunningService;

beforeAll(async () => {
  const log = new ServiceLog({ service: 'things', write: () => undefined });
  service = await serve({
    modules: [ThingsModule],
    title: 'Things',
    version: '1',
    port: 0,
    allowedHosts: ['x'],
    log,
    telemetry,
  });
});
afterAll(() => service.stop());

const ask = (method: string, path: string) => fetch(service.url + path, { method });

describe('a method that a path does not have', () => {
  it.each([
    ['GET', '/v1/made/1', 'OPTIONS, POST'],
    ['HEAD', '/v1/made/1', 'OPTIONS, POST'],
    ['DELETE', '/v1/things/a%2Fb?limit=1', 'GET, HEAD, OPTIONS, POST'],
    ['PUT', '/v1/things/1', 'GET, HEAD, OPTIONS, POST'],
    ['PATCH', '/v1/things/1', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/openapi.json', 'GET, HEAD, OPTIONS'],
    ['POST', '/health/live', 'GET, HEAD, OPTIONS'],
    ['POST', '/', 'GET, HEAD, OPTIONS'],
  ])('%s %s is 405, and Allow names those it has', async (method, path, allow) => {
    const refused = await ask(method, path);
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, allow]);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    if (method === 'HEAD') return;
    expect(await refused.json()).toMatchObject({
      status: 405,
      code: 'wrong-method',
      remedy: `Send one of: ${allow}. See /openapi.json.`,
    });
  });

  it('that HTTP does not know is 405 too', async () => {
    const answer = await exchange(service.url, ['PROPFIND /v1/made/1 HTTP/1.1\r\nhost: x\r\n\r\n']);
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'OPTIONS, POST' } });
  });

  it('is not said of a method that the path has, where the path is written so that no route takes it', async () => {
    const answer = await exchange(service.url, ['GET /v1/made/../things/1 HTTP/1.1\r\nhost: x\r\n\r\n']);
    expect(answer?.status).toBe(404);
    expect(answer?.headers).not.toHaveProperty('allow');
  });

  it.each(['GET', 'POST', 'DELETE', 'OPTIONS'])(
    '%s of a path that nobody knows stays 404',
    async (method) => {
      const unknown = await ask(method, '/v1/made/1/more');
      expect([unknown.status, unknown.headers.get('allow')]).toEqual([404, null]);
    },
  );
});

describe('HEAD and OPTIONS', () => {
  it('HEAD is a GET without its body, and leaves no accept span', async () => {
    const head = await ask('HEAD', '/v1/things/1');
    const got = await ask('GET', '/v1/things/1');
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(head.headers.get('content-length')).toBe(got.headers.get('content-length'));
    expect(spans('accept HEAD /v1/things/:id')).toEqual([]);
  });

  it('OPTIONS says what a path allows, and lets no other origin in', async () => {
    const options = await ask('OPTIONS', '/v1/things/1');
    expect([options.status, await options.text()]).toEqual([204, '']);
    expect(options.headers.get('allow')).toBe('GET, HEAD, OPTIONS, POST');
    expect(options.headers.get('access-control-allow-origin')).toBeNull();
  });
});
