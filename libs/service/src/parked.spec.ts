import { Module } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { recordedTelemetry } from '@throughline/telemetry/testing';
import { parkedController, serve, ServiceLog, type RunningService } from './index.ts';

const RUNNER = Symbol('runner');
const discarded: unknown[] = [];
const parked = { discard: async (...given: unknown[]) => void discarded.push(given) };

@Module({
  controllers: [parkedController('/v1/parked', RUNNER)],
  providers: [{ provide: RUNNER, useValue: { parked } }],
})
class ParkedModule {}

let service: RunningService;
beforeAll(async () => {
  const { telemetry } = recordedTelemetry();
  const log = new ServiceLog({ service: 'x', write: () => undefined });
  service = await serve({ modules: [ParkedModule], title: 'x', version: '1', port: 0, log, telemetry });
});
afterAll(() => service.stop());

it.each([
  [{ reason: ' \t', by: 'ann' }, '/reason'],
  [{ reason: 'a wrong export', by: '  ' }, '/by'],
])('refuses to discard for %j: who and why must be said', async (body, field) => {
  const url = `${service.url}/v1/parked/p.journey.leads.0.1/discard`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect([answer.status, await answer.json()]).toEqual([422, expect.objectContaining({ field })]);
  expect(discarded).toEqual([]);
});
