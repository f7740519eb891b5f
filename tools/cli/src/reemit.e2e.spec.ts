import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { deliver } from '@throughline/client';
import { fromRecord } from '@throughline/contracts';
import { memoryLog, readAll } from '@throughline/log';
import { oneProcess, type OneProcess } from '@throughline/standalone/testing';
import { deals } from './testing/deals.ts';
import { json, run } from './testing/run.ts';

const log = memoryLog();
let services: OneProcess;
beforeAll(async () => {
  services = await oneProcess({ log });
  await deliver(deals, services.client);
  await services.settled();
});
afterAll(async () => {
  await services.stop();
  await log.close();
});

/** Versions of a stream as its topic has them, in order. */
async function versions(topic: string, stream: string): Promise<(number | undefined)[]> {
  const found = [];
  for await (const { records } of readAll(log, topic))
    found.push(...records.map(fromRecord).filter(({ key }) => key === stream));
  return found.map((event) => event.stream?.version);
}

it.each([
  ['opportunities', 'won-1', 'journey.opportunities'],
  ['credit', 'won-1', 'journey.attribution'],
  ['attribution-models', 'linear', 'journey.attribution'],
])('I3: publishes a stream of %s again', async (service, stream, topic) => {
  const before = await versions(topic, stream);
  const { records } = await json<{ records: number }>(services.url, 'reemit', stream, '--service', service);
  await services.settled();
  expect(records).toBe(before.length);
  expect(records).toBeGreaterThan(0);
  expect(await versions(topic, stream)).toEqual([...before, ...before]);
});

it('says what no stream is', async () => {
  const { error, exitCode } = await run(services.url, 'reemit', 'nothing', '--service', 'credit');
  expect([exitCode, error]).toEqual([1, expect.stringContaining('No opportunity has this id.')]);
});
