import { Module } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError, type Command } from '@throughline/decider';
import { IdempotencyConflict, WrongVersion, type CommandItem, type Outcome } from '@throughline/event-store';
import { recordedTelemetry } from '@throughline/telemetry/testing';
import { z } from 'zod';
import { commandController, serve, ServiceLog, type CommandHandling, type RunningService } from './index.ts';

const NOW = '2026-03-01T09:30:00.000Z';
const EVENT = '0b54c3c4-6d0c-5a9f-8f4e-0d4a2f2c6b1e';
const HANDLING = Symbol('handling');

/** Remembers what it was asked, and answers by the id of the entity. */
class Handling implements CommandHandling {
  readonly asked: CommandItem<Command>[] = [];
  now = () => new Date(NOW);

  async handle(item: CommandItem<Command>) {
    const outcome = this.judge(item);
    if (outcome.status === 'accepted') return Promise.resolve(outcome.result);
    throw outcome.error;
  }

  handleMany(items: readonly CommandItem<Command>[]): Promise<Outcome[]> {
    return Promise.resolve(items.map((item) => this.judge(item)));
  }

  private judge(item: CommandItem<Command>): Outcome {
    this.asked.push(item);
    const { stream } = item;
    if (stream === 'refused')
      return { status: 'refused', error: new DomainError('offer-open', 'Wait for its answer.') };
    if (stream === 'stale') return { status: 'conflict', error: new WrongVersion(stream, 1, 2) };
    if (stream === 'reused') return { status: 'conflict', error: new IdempotencyConflict('k') };
    if (stream === 'defect') return { status: 'failed', error: new TypeError('secret') };
    const events = [{ id: EVENT, name: 'lead.offered' as const, version: 3 }];
    return { status: 'accepted', result: { stream, version: 3, events, replayed: false } };
  }
}

const handling = new Handling();
const controller = commandController({
  entity: 'lead',
  plural: 'leads',
  handling: HANDLING,
  commands: {
    CaptureLead: { path: 'capture', creates: true, summary: 'Captures a lead', data: z.strictObject({}) },
    OfferLead: { path: 'offer', summary: 'Offers a lead', data: z.strictObject({ to: z.string() }) },
  },
});

@Module({ controllers: [controller], providers: [{ provide: HANDLING, useValue: handling }] })
class LeadsModule {}

const lines: string[] = [];
let service: RunningService;
beforeAll(async () => {
  const log = new ServiceLog({ service: 'leads', write: (line) => void lines.push(line) });
  const { telemetry } = recordedTelemetry();
  service = await serve({ modules: [LeadsModule], title: 'Leads', version: '1', port: 0, log, telemetry });
});
afterAll(() => service.stop());
beforeEach(() => void handling.asked.splice(0));

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(service.url + path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  const json = (await response.json()) as Record<string, unknown>;
  return { status: response.status, etag: response.headers.get('etag'), body: json };
}

describe('the routes of a door', () => {
  it('have each an operation id of its own', async () => {
    const response = await fetch(`${service.url}/openapi.json`);
    const { paths } = (await response.json()) as { paths: Record<string, object> };
    const ids = Object.values(paths).flatMap((path) =>
      Object.values(path).map((operation: { operationId: string }) => operation.operationId),
    );
    expect(ids).toEqual(
      expect.arrayContaining(['postV1Leads', 'postV1LeadsByIdOffer', 'postV1LeadsCommands']),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refuse a blank id alike, in the path, the body and a batch', async () => {
    const path = await post('/v1/leads/%20/offer', { data: { to: 'm' } });
    expect(path).toMatchObject({
      status: 422,
      body: { field: 'id', remedy: expect.stringMatching(/^Must not be blank/) },
    });
    expect(await post('/v1/leads', { id: ' ' })).toMatchObject({ status: 422, body: { field: '/id' } });
    const batch = await post('/v1/leads/commands', { commands: [{ command: 'capture', id: ' ' }] });
    expect(batch.body).toMatchObject({ results: [{ problem: { field: '/id' } }] });
    expect(await post('/v1/leads', { id: '..' })).toMatchObject({ status: 422, body: { field: '/id' } });
    expect(handling.asked).toEqual([]);
  });
});

describe('a command on its own route', () => {
  it('answers what it caused, and what to wait for before reading', async () => {
    const answer = await post('/v1/leads/lead-1/offer', { data: { to: 'm-1' } });
    expect(answer).toEqual({
      status: 200,
      etag: '"3"',
      body: {
        stream: 'lead-1',
        version: 3,
        events: [{ id: EVENT, name: 'lead.offered', version: 3 }],
        after: `event/${EVENT}`,
        replayed: false,
      },
    });
    expect(handling.asked[0]?.command).toEqual({ type: 'OfferLead', data: { to: 'm-1' } });
  });

  it('happens when it arrives unless it says otherwise; a null time is undated', async () => {
    await post('/v1/leads/a/offer', { data: { to: 'm' } });
    await post('/v1/leads/a/offer', { data: { to: 'm' }, occurredAt: null });
    await post('/v1/leads/a/offer', {
      data: { to: 'm' },
      occurredAt: '2026-02-03T01:00:00+01:00',
      precision: 'day',
    });
    expect(handling.asked.map(({ meta }) => [meta.occurredAt, meta.precision])).toEqual([
      [NOW, 'instant'],
      [null, 'unknown'],
      ['2026-02-03T00:00:00.000Z', 'day'],
    ]);
  });

  it('carries its key, its expected version, its source and its trace', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const headers = { 'idempotency-key': 'k-1', 'if-match': '"2"', traceparent };
    await post('/v1/leads/a/offer', { data: { to: 'm' }, source: 'crm', inferred: ['to', 'to'] }, headers);
    const meta = handling.asked[0]?.meta;
    expect(meta).toMatchObject({
      commandId: 'k-1',
      expected: 2,
      source: 'crm',
      inferred: ['to'],
      recordedAt: NOW,
    });
    expect(meta?.traceparent).toMatch(new RegExp(`^00-${'a'.repeat(32)}-(?!${'b'.repeat(16)})`));
  });

  it.each(['a,b', ' a', 'a\n', ' ', ''])(
    'I2 %p is no name of a field: lists travel joined by commas',
    async (name) => {
      const answer = await post('/v1/leads/a/offer', { data: { to: 'm' }, inferred: [name] });
      expect(answer).toMatchObject({ status: 422, body: { field: '/inferred/0' } });
      expect(handling.asked).toEqual([]);
    },
  );

  it('makes the id of a new entity from its key, the same on a repeat', async () => {
    const headers = { 'idempotency-key': 'k-1' };
    await post('/v1/leads', { data: {} }, headers);
    await post('/v1/leads', { data: {} }, headers);
    await post('/v1/leads', { id: 'lead-9', data: {} });
    const [first, second, third] = handling.asked.map(({ stream }) => stream);
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).toBe(first);
    expect(third).toBe('lead-9');
    expect(await post('/v1/leads', { data: {} })).toMatchObject({
      status: 422,
      body: { code: 'missing-id', field: '/id' },
    });
  });

  it.each([
    ['refused', {}, {}, 409, { code: 'offer-open' }],
    ['reused', {}, {}, 409, { code: 'idempotency-conflict' }],
    ['stale', {}, {}, 412, { code: 'wrong-version' }],
    ['a', { data: { to: 1 } }, {}, 422, { code: 'invalid-body', field: '/data/to' }],
    ['a', { to: 'm' }, {}, 422, { code: 'invalid-body', field: '/data' }],
    ['a', { occurredAt: 'yesterday' }, {}, 422, { code: 'bad-time', field: '/occurredAt' }],
    ['a', { occurredAt: '2026-03-02T09:30:00.001Z' }, {}, 422, { code: 'time-ahead', field: '/occurredAt' }],
    ['a', { occurredAt: null, precision: 'day' }, {}, 422, { code: 'bad-precision', field: '/precision' }],
    ['a', {}, { 'if-match': 'x' }, 422, { code: 'invalid-header', field: 'If-Match' }],
    ['a', {}, { 'idempotency-key': 'a b' }, 422, { code: 'invalid-header', field: 'Idempotency-Key' }],
  ])('%s with %j %j is refused: %i %j', async (id, body, headers, status, refusal) => {
    const sent = 'to' in body ? body : { data: { to: 'm' }, ...body };
    const found = await post(`/v1/leads/${id}/offer`, sent, headers);
    expect(found).toMatchObject({ status, body: refusal });
  });
});

describe('a batch of commands', () => {
  const good = { command: 'offer', id: 'a', data: { to: 'm' } };

  it('answers one result an item in order; a bad one keeps no other from being judged', async () => {
    const commands = [
      good,
      { ...good, id: 'refused' },
      { ...good, data: {} },
      { command: 'fly', id: 'a' },
      7,
      good,
    ];
    const found = await post('/v1/leads/commands', { commands });
    expect(found.status).toBe(207);
    const results = found.body['results'] as { status: number; problem?: { field?: string } }[];
    expect(results.map((result) => result.status)).toEqual([200, 409, 422, 422, 422, 200]);
    expect(results[2]?.problem?.field).toBe('/data/to');
    expect(results[3]?.problem?.field).toBe('/command');
    expect(handling.asked).toHaveLength(3);
  });

  it('is 200 when all were taken and 422 when none was', async () => {
    expect((await post('/v1/leads/commands', { commands: [good] })).status).toBe(200);
    expect((await post('/v1/leads/commands', { commands: [{ ...good, id: 'stale' }] })).status).toBe(422);
    expect((await post('/v1/leads/commands', { commands: [] })).body).toMatchObject({ field: '/commands' });
  });

  it('logs a defect inside it and does not show it', async () => {
    const found = await post('/v1/leads/commands', { commands: [good, { ...good, id: 'defect' }] });
    expect(JSON.stringify(found.body)).not.toContain('secret');
    expect(lines.join()).toContain('a part of a request failed');
  });

  it('lets each item bring its own key, version and trace', async () => {
    const traceparent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
    const item = { ...good, idempotencyKey: 'k', expectedVersion: 4, traceparent };
    await post('/v1/leads/commands', { commands: [item] });
    expect(handling.asked[0]?.meta).toMatchObject({ commandId: 'k', expected: 4, traceparent });
  });
});
