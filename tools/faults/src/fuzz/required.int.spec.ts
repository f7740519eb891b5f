import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { memoryLog } from '@throughline/log';
import type { JsonSchema } from '@throughline/service';
import { oneProcess, type OneProcess } from '@throughline/standalone/testing';
import fc from 'fast-check';
import { arbitraryOf } from './arbitrary.ts';
import { readDocument, type Operation } from './document.ts';

const SEED = 20261201;
type Body = Record<string, unknown>;

/** Paths of the fields that a schema requires, in objects inside it too: `['data', 'to']`. */
function requiredIn(schema: JsonSchema): string[][] {
  const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>;
  return ((schema['required'] ?? []) as string[]).flatMap((name) => [
    [name],
    ...requiredIn(properties[name] ?? {}).map((inside) => [name, ...inside]),
  ]);
}

function without(body: Body, [first = '', ...rest]: readonly string[]): Body {
  if (rest.length > 0) return { ...body, [first]: without(body[first] as Body, rest) };
  const { [first]: _left, ...others } = body;
  return others;
}

const has = (body: unknown, path: readonly string[]): boolean =>
  path.every((name, at) => {
    const inside = path.slice(0, at).reduce<unknown>((value, each) => (value as Body)?.[each], body);
    return typeof inside === 'object' && inside !== null && name in inside;
  });

const anyOf = <T = string>(schema: JsonSchema): T =>
  fc.sample(arbitraryOf(schema), { seed: SEED, numRuns: 1 })[0] as T;

describe('every POST of the document, each required field left out', () => {
  const log = memoryLog();
  let services: OneProcess;
  let posts: readonly (Operation & { readonly schema: JsonSchema })[];
  beforeAll(async () => {
    services = await oneProcess({ log });
    const { operations } = await readDocument(services.url);
    posts = operations.flatMap((operation) => {
      const schema = operation.bodies['application/json'];
      return operation.method === 'POST' && schema?.['type'] === 'object' ? [{ ...operation, schema }] : [];
    });
  });
  afterAll(async () => {
    await services.stop();
    await log.close();
  });

  async function post(path: string, body: unknown) {
    const response = await fetch(services.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Body };
  }
  const stored = async () => (await fetch(`${services.url}/v1/digests?kind=content`)).json();

  it('F8 is refused by name, and nothing is stored', async () => {
    await services.settled();
    const before = await stored();
    let tried = 0;
    for (const { path: template, parameters, schema } of posts) {
      const path = parameters
        .filter((each) => each.in === 'path')
        .reduce(
          (made, each) => made.replace(`{${each.name}}`, encodeURIComponent(anyOf(each.schema))),
          template,
        );
      const whole = anyOf<Body>(schema);
      for (const field of requiredIn(schema).filter((each) => has(whole, each))) {
        const answer = await post(path, without(whole, field));
        const named = `${String(answer.body['field'])} ${String(answer.body['detail'])}`;
        expect({ path, field, status: answer.status, named }).toEqual({
          ...{ path, field, status: 422 },
          named: expect.stringContaining(field.at(-1) ?? ''),
        });
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(40);
    await services.settled();
    expect(await stored()).toEqual(before);
  });

  it.each([
    ['change-amount', 'to', { amount: 1_00, currency: 'EUR' }],
    ['change-close-date', 'to', '2026-06-30'],
    ['change-owner', 'to', 'member-1'],
  ])(
    'F8 %s keeps what is known where %s is left out, and forgets it where it is null',
    async (path, _, to) => {
      const id = `deal-${path}`;
      const command = (data: unknown) => post(`/v1/opportunities/${id}/${path}`, data);
      await post('/v1/opportunities', { id, data: {} });
      expect((await command({ data: { to } })).status).toBe(200);
      for (const body of [
        {},
        { data: {} },
        { data: null },
        { to },
        { data: { by: 'member-1' } },
        { data: [] },
      ])
        expect(await command(body)).toMatchObject({ status: 422 });
      const batch = {
        commands: [
          { command: path, id },
          { command: path, id, data: {} },
        ],
      };
      expect(await post('/v1/opportunities/commands', batch)).toMatchObject({ status: 422 });
      const read = async () =>
        ((await (await fetch(`${services.url}/v1/opportunities/${id}`)).json()) as { version: number })
          .version;
      expect(await read()).toBe(2);
      expect((await command({ data: { to: null } })).status).toBe(200);
      expect(await read()).toBe(3);
    },
  );

  it.each([
    ['/v1/leads', { id: 'no-data' }],
    ['/v1/leads/no-data/qualify', {}],
    ['/v1/opportunities', { id: 'no-data' }],
    ['/v1/opportunities/no-data/win', {}],
    ['/v1/opportunities/no-data/lose', { occurredAt: null }],
    ['/v1/attribution-models/no-data/define', {}],
    ['/v1/exchange-rates/EUR/USD/set', {}],
  ])('F8 %s without data says that it is missing', async (path, body) => {
    expect(await post(path, body)).toMatchObject({
      status: 422,
      body: { field: '/data', remedy: expect.stringContaining('It is missing') },
    });
  });
});
