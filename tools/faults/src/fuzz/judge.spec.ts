import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Documented, Operation } from './document.ts';
import { judge } from './judge.ts';
import type { FuzzRequest } from './request.ts';

const problem = { type: 'object', required: ['status', 'code'] };
const operation: Operation = {
  method: 'GET',
  path: '/v1/things',
  parameters: [],
  bodies: {},
  answers: {
    200: {
      'application/json': { type: 'object', required: ['items'], properties: { items: { type: 'array' } } },
    },
    default: { 'application/problem+json': problem },
  },
};
const document: Documented = {
  operations: [operation],
  faultOf: (schema, value) => (z.fromJSONSchema(schema).safeParse(value).success ? null : 'it does not fit'),
};
const good: FuzzRequest = {
  ...{
    operation,
    mutation: null,
    method: 'GET',
    target: '/v1/things',
    headers: [],
    body: null,
    transport: 'whole',
  },
};
const spoilt = { ...good, mutation: 'another value in the query' };
const refusal = { code: 'invalid-query', detail: 'No.', remedy: 'Leave it out.' };

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  const type = status < 300 ? 'application/json' : 'application/problem+json';
  return { status, headers: { 'content-type': type, ...headers }, body: Buffer.from(JSON.stringify(body)) };
}

describe('the judge of answers', () => {
  it.each([
    ['an answer as documented', good, answer(200, { items: [] })],
    ['a refusal of what was spoilt', spoilt, answer(422, { status: 422, ...refusal })],
    ['a rule that says no', good, answer(409, { status: 409, code: 'offer-open', detail: 'Wait.' })],
    [
      'one that has not come so far',
      good,
      answer(503, { status: 503, ...refusal, code: 'not-yet-applied' }, { 'retry-after': '2' }),
    ],
  ])('takes %s', (_, request, given) => {
    expect(() => judge(document, request, given)).not.toThrow();
  });

  it.each([
    ['a good request without an answer', good, null],
    ['a body that is not documented', good, answer(200, { rows: [] })],
    ['a content type that is not documented', good, answer(200, {}, { 'content-type': 'text/html' })],
    ['a failure of ours', spoilt, answer(500, { status: 500, ...refusal })],
    ['a 503 without a reason', spoilt, answer(503, { status: 503, ...refusal }, { 'retry-after': '2' })],
    [
      'a 503 that does not say when',
      spoilt,
      answer(503, { status: 503, ...refusal, code: 'not-yet-applied' }),
    ],
    ['a refusal of what is good', good, answer(422, { status: 422, ...refusal })],
    ['a problem without a remedy', spoilt, answer(422, { status: 422, ...refusal, remedy: '' })],
    ['a problem of another status', spoilt, answer(422, { status: 400, ...refusal })],
    ['a body that is no JSON', spoilt, { ...answer(422, null), body: Buffer.from('<html>') }],
  ])('finds %s', (_, request, given) => {
    expect(() => judge(document, request, given)).toThrow();
  });
});
