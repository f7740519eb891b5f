import { Controller, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordedTelemetry } from '@throughline/telemetry/testing';
import { z } from 'zod';
import {
  answer,
  Input,
  limit,
  pageFrom,
  pageSchema,
  readOffset,
  Route,
  route,
  serve,
  type InputOf,
  type RunningService,
} from './index.ts';
import { ServiceLog } from './service-log.ts';

const query = z.strictObject({
  limit,
  cursor: z.string().optional(),
  colour: z.string().optional(),
  owner: z.string().optional(),
});
const answers = [{ status: 200, description: 'A page', schema: pageSchema(z.int()) }];
const list = (path: string) =>
  route({ method: 'get', path, tag: 'lists', summary: 'A list', query, answers, params: z.looseObject({}) });
const things = list('/v1/things');
const parts = list('/v1/things/:id/parts');
const plain = route({
  method: 'post',
  path: '/v1/plain',
  tag: 'lists',
  summary: 'Asks nothing',
  answers: [{ status: 200, description: 'Done', schema: z.object({ done: z.boolean() }) }],
});

const numbers = Array.from({ length: 10 }, (_, at) => at);
const page = ({ query: { limit: most, cursor } }: InputOf<typeof things>) => {
  const offset = readOffset(cursor);
  return pageFrom(numbers.slice(offset, offset + most + 1), { limit: most, offset });
};

@Controller()
class ListsController {
  @Route(things)
  things(@Input() input: InputOf<typeof things>) {
    return page(input);
  }

  @Route(parts)
  parts(@Input() input: InputOf<typeof parts>) {
    return answer(200, page(input), { etag: '"1"' });
  }

  @Route(plain)
  plain() {
    return { done: true };
  }
}

@Module({ controllers: [ListsController] })
class ListsModule {}

const { telemetry } = recordedTelemetry();
let service: RunningService;
beforeAll(async () => {
  const log = new ServiceLog({ service: 'lists', write: () => undefined });
  service = await serve({ modules: [ListsModule], title: 'Lists', version: '1', port: 0, log, telemetry });
});
afterAll(() => service.stop());

async function ask(path: string, method = 'GET') {
  const sent = method === 'GET' ? {} : { body: '{}', headers: { 'content-type': 'application/json' } };
  const response = await fetch(service.url + path, { method, ...sent });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const nextOf = async (path: string) => String((await ask(path)).body['next']);

describe('a cursor', () => {
  it('continues the list that gave it, in pages of any size and filters in any order', async () => {
    const next = await nextOf('/v1/things?limit=4&colour=red&owner=me');
    const second = await ask(`/v1/things?owner=me&colour=red&limit=5&cursor=${next}`);
    expect(second.body).toMatchObject({ items: [4, 5, 6, 7, 8] });
    const last = await ask(`/v1/things?owner=me&colour=red&cursor=${String(second.body['next'])}`);
    expect(last.body).toEqual({ items: [9], next: null });
    const part = await ask(`/v1/things/a/parts?cursor=${await nextOf('/v1/things/a/parts?limit=9')}`);
    expect(part.body).toEqual({ items: [9], next: null });
  });

  it.each([
    ['another route', '/v1/things?limit=1', '/v1/things/a/parts?'],
    ['another path', '/v1/things/a/parts?limit=1', '/v1/things/b/parts?'],
    ['other filters', '/v1/things?limit=1&colour=red', '/v1/things?colour=blue'],
    ['no filters', '/v1/things?limit=1&colour=red', '/v1/things?'],
  ])('of %s is refused', async (_, from, to) => {
    const found = await ask(`${to}&cursor=${await nextOf(from)}`);
    expect(found).toMatchObject({ status: 422, body: { code: 'cursor-invalid', field: 'cursor' } });
    expect(found.body['remedy']).toContain('with the same filters');
  });

  it.each(['after-3', 'x', '', '.', 'after-3.AAAAAAAA'])(
    'that no page gave, %p, is refused',
    async (cursor) => {
      const found = await ask(`/v1/things?cursor=${cursor}`);
      expect(found).toMatchObject({ status: 422, body: { code: 'cursor-invalid' } });
    },
  );
});

describe('a route that takes no query', () => {
  it.each([
    ['colour=red', 'colour'],
    ['=red', '(no name)'],
  ])('refuses one by name: %s', async (query, field) => {
    expect((await ask('/v1/plain', 'POST')).status).toBe(200);
    const found = await ask(`/v1/plain?${query}`, 'POST');
    expect(found).toMatchObject({ status: 422, body: { code: 'invalid-query', field } });
  });

  it('leaves probes of health theirs', async () => {
    expect((await ask('/health/live?from=probe', 'GET')).status).toBe(200);
  });
});
