import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fromRecord } from '@throughline/contracts';
import { readAll } from '@throughline/log';
import { json, run } from './testing/run.ts';
import { toldDeals, type ToldDeals } from './testing/told-deals.ts';

let told: ToldDeals;
beforeAll(async () => {
  told = await toldDeals();
});
afterAll(() => told.stop());

/** Versions of a stream as its topic has them, in order. */
async function versions(topic: string, stream: string): Promise<(number | undefined)[]> {
  const found = [];
  for await (const { records } of readAll(told.log, topic))
    found.push(...records.map(fromRecord).filter(({ key }) => key === stream));
  return found.map((event) => event.stream?.version);
}

it.each([
  ['opportunities', 'won-1', 'journey.opportunities'],
  ['credit', 'won-1', 'journey.attribution'],
  ['attribution-models', 'linear', 'journey.attribution'],
])('I3: publishes a stream of %s again', async (service, stream, topic) => {
  const before = await versions(topic, stream);
  const { records } = await json<{ records: number }>(
    told.services.url,
    'reemit',
    stream,
    '--service',
    service,
  );
  await told.services.settled();
  expect(records).toBe(before.length);
  expect(records).toBeGreaterThan(0);
  expect(await versions(topic, stream)).toEqual([...before, ...before]);
});

it('says what no stream is', async () => {
  const { error, exitCode } = await run(told.services.url, 'reemit', 'nothing', '--service', 'credit');
  expect([exitCode, error]).toEqual([1, expect.stringContaining('No opportunity has this id.')]);
});

it.each([
  ['exchange-rates', 'linear', 'No pair has this id.'],
  ['attribution-models', 'won-1', 'No model has this id.'],
  ['credit', 'linear', 'No opportunity has this id.'],
])('I3: nothing is published as %s that is no such thing: %s', async (service, stream, said) => {
  const before = await versions('journey.attribution', stream);
  const { error, exitCode } = await run(told.services.url, 'reemit', stream, '--service', service);
  expect([exitCode, error]).toEqual([1, expect.stringContaining(said)]);
  await told.services.settled();
  expect(await versions('journey.attribution', stream)).toEqual(before);
});
