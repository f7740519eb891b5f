import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventId } from '@throughline/contracts';
import { deals } from './testing/deals.ts';
import { json, run } from './testing/run.ts';
import { toldDeals, type ToldDeals } from './testing/told-deals.ts';

const SOURCE = 'urn:test:cli';
const TOUCH = 'b-2026-01-01';

let told: ToldDeals;
beforeAll(async () => {
  told = await toldDeals();
});
afterAll(() => told.stop());

const withdraw = (...words: readonly string[]) => run(told.services.url, 'withdraw', ...words);
const counted = async () => {
  const { total } = await json<{ total: { touches: number } }>(told.services.url, 'report', 'touches');
  return total.touches;
};

describe('[log: memory] throughline withdraw', () => {
  it('takes a touch out of every figure and leaves it in its journey, struck with its reason', async () => {
    const before = await counted();
    const words = [TOUCH, '--source', SOURCE, '--reason', 'sent twice', '--by', 'mia'];
    expect(await withdraw(...words)).toEqual({
      out: `Withdrawn: touch ${TOUCH} of ${SOURCE} (${eventId(SOURCE, TOUCH)}).\n`,
      ...{ error: '', exitCode: 0 },
    });
    expect(await counted()).toBe(before - 1);
    const { out } = await run(told.services.url, 'journey', 'b', '--kind', 'account');
    expect(out.match(/withdrawn/g)).toHaveLength(1);
    expect(out).toMatch(/2026-01-01 .*\[withdrawn: sent twice\] Page view/);
  });

  it('changes nothing when it is repeated, and another reason is another withdrawal', async () => {
    const other = ['a-2026-01-03', '--source', SOURCE];
    const ids = [];
    for (const words of [other, other, [...other, '--reason', 'a test']])
      ids.push((await json<{ withdrawal: string }>(told.services.url, 'withdraw', ...words)).withdrawal);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(await json(told.services.url, 'status')).toMatchObject({ status: { conflicts: 0 } });
  });

  it('finds how a touch was sent by the id of its event', async () => {
    const event = eventId(SOURCE, TOUCH);
    expect((await withdraw(event)).out).toBe(`Withdrawn: touch ${TOUCH} of ${SOURCE} (${event}).\n`);
    const lead = deals.find((each) => each.kind === 'fact' && each.name !== 'touch.recorded');
    const other = await withdraw(eventId(SOURCE, lead?.kind === 'fact' ? lead.id : ''));
    expect(other).toMatchObject({
      exitCode: 1,
      error: expect.stringContaining('A member.described, and no touch'),
    });
  });

  it('says where there is no such touch, or what the id is of instead', async () => {
    const unknown = await withdraw('b-2026-01-01', '--source', 'elsewhere');
    expect(unknown).toMatchObject({ exitCode: 1, out: expect.stringMatching(/^No touch .* has come yet/) });
    const fact = deals.find((each) => each.kind === 'fact' && each.name !== 'touch.recorded');
    const member = await withdraw(fact?.kind === 'fact' ? fact.id : '', '--source', SOURCE);
    expect(member).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining('no touch but a member.described'),
    });
  });

  it('says how to correct, and what it needs', async () => {
    const { out } = await withdraw('--help');
    expect(out).toMatch(/withdraw it and emit another, under an id of its own/);
    expect((await withdraw(TOUCH)).error).toContain(
      `There is no event ${TOUCH}. Name the touch by the id it`,
    );
    const refused = await withdraw(TOUCH, '--source', SOURCE, '--at', 'yesterday');
    expect(refused).toMatchObject({ exitCode: 1, error: expect.stringContaining('Refused: ') });
  });
});
