import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json, run } from './testing/run.ts';
import { toldDeals, type ToldDeals } from './testing/told-deals.ts';

let told: ToldDeals;
beforeAll(async () => {
  told = await toldDeals();
});
afterAll(() => told.stop());

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
    const { equal, tables } = await json<Result>(told.services.url, 'verify', '--of', of);
    expect([equal, tables.map((each) => each.table)]).toEqual([true, expect.arrayContaining([table])]);
  });

  it('I4: are built anew beside those that are read, switched to, and gone back from', async () => {
    const { out, exitCode } = await run(told.services.url, 'rebuild', '--of', of);
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/Live and rebuilt are equal\.\nSwitched to/)]);
    expect(out).toContain(`\`throughline rollback --of ${of}\` goes back.`);
    expect((await run(told.services.url, 'rollback', '--of', of)).out).toMatch(/Rolled back\./);
  });
});

it('names whose views there are', async () => {
  const { error } = await run(told.services.url, 'rebuild', '--of', 'leads');
  expect(error).toContain('Allowed choices are journeys, attribution.');
});
