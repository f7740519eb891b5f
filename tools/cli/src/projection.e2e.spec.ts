import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deliver } from '@throughline/client';
import { memoryLog } from '@throughline/log';
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

interface Result {
  readonly equal: boolean;
  readonly switched?: boolean;
  readonly tables: readonly { readonly table: string }[];
}

describe.each([
  ['journeys', 'hand_off_offer'],
  ['attribution', 'opportunity_contact'],
])('[log: memory] the views of %s', (of, table) => {
  it('I4: are proven to be what the log says', async () => {
    const { equal, tables } = await json<Result>(services.url, 'verify', '--of', of);
    expect([equal, tables.map((each) => each.table)]).toEqual([true, expect.arrayContaining([table])]);
  });

  it('I4: are built anew beside those that are read, switched to, and gone back from', async () => {
    const { out, exitCode } = await run(services.url, 'rebuild', '--of', of);
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/Live and rebuilt are equal\.\nSwitched to/)]);
    expect((await run(services.url, 'rollback', '--of', of)).out).toMatch(/Rolled back\./);
  });
});

it('names whose views there are', async () => {
  const { error } = await run(services.url, 'rebuild', '--of', 'leads');
  expect(error).toContain('Allowed choices are journeys, attribution.');
});
