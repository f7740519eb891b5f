import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@throughline/log/testing';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { decided, opened, touch, won } from '../testing/story.ts';

let service: RunningAttribution;
beforeAll(async () => {
  service = await runningAttribution();
  await service.send(
    touch('t-1', '2026-01-05', { account: 'a', channel: 'ads' }),
    touch('t-2', '2026-01-06', { account: 'a', channel: 'email' }),
    ...[opened('d', '2026-01-01', 'a'), won('d', 2, '2026-02-01', 100_00)],
    ...[opened('quiet', '2026-01-01', 'q')],
  );
  await service.settled();
});
afterAll(() => service.stop());

interface Proof {
  readonly equal: boolean;
  readonly credit: { differing: string[]; credits: number; inForce: string; fromScratch: string };
}
async function verified(): Promise<Proof> {
  expect((await service.ask('/v1/credit/verify', 'POST')).status).toBe(202);
  await eventually('the end of it', async () => {
    const { body } = await service.ask('/v1/credit/verify');
    return body['state'] !== 'running';
  });
  return (await service.ask('/v1/credit/verify')).body['result'] as unknown as Proof;
}
async function recomputed(): Promise<void> {
  expect((await service.ask('/v1/credit/recompute', 'POST', { reason: 'altered' })).status).toBe(202);
  await eventually('the round', async () => (await service.workers.recomputing.open()) === 0);
}
const events = async () =>
  (await service.database.query<{ n: number }>('select count(*)::int as n from event')).rows[0]?.n;

async function rowsOf(deal: string): Promise<number | undefined> {
  const { rows } = await service.database.query<{ n: number }>(
    `select (select count(*) from deal where opportunity = $1) + (select count(*) from deal_touch where opportunity = $1)
          + (select count(*) from credit where opportunity = $1)
          + (select count(*) from credit_share where opportunity = $1) as n`,
    [deal],
  );
  return Number(rows[0]?.n);
}
/** The last that was told of a deal under one model, and how many events were told of it. */
async function lastTold(deal: string) {
  const { rows } = await service.database.query<{ name: string; said: unknown; times: number }>(
    `select name, data::jsonb as said, (select count(*)::int from event where stream = $1) as times
       from event where stream = $1 and data::jsonb #>> '{model,id}' = 'linear' order by version desc limit 1`,
    [deal],
  );
  return rows[0];
}

const stranger = `insert into deal (opportunity, outcome, said) values ('stranger', 'won', '{}')`;

describe('the proof of credit', () => {
  it.each([
    [`shares`, `update credit_share set amount = 1 where model = 'linear'`, 'd'],
    [`shares that are gone`, `delete from credit_share where model = 'linear'`, 'd'],
    [`what no touch deserves`, `update credit set unattributed_amount = 5 where model = 'linear'`, 'd'],
    [`an event id`, `update credit set event_id = gen_random_uuid() where model = 'linear'`, 'd'],
    [`a credit`, `update credit set said = replace(said, '10000', '10001') where model = 'first'`, 'd'],
    [`a path that is gone`, `delete from deal_touch`, 'd'],
    [`the order of a path`, `update deal_touch set place = place + 1000`, 'd'],
    [`a deal`, `update deal set amount = 7, outcome = 'lost' where opportunity = 'd'`, 'd'],
    [`a deal without credit`, `update deal set owner = 'x' where opportunity = 'quiet'`, 'quiet'],
    [`how often a deal was told of`, `update deal set credit_events = 0 where opportunity = 'd'`, 'd'],
    [`a deal that nobody opened`, stranger, 'stranger'],
    [
      `every row of a deal`,
      `with share as (delete from credit_share where opportunity = 'd'),
            credits as (delete from credit where opportunity = 'd'),
            path as (delete from deal_touch where opportunity = 'd') delete from deal where opportunity = 'd'`,
      'd',
    ],
    [
      `credit that nobody said`,
      `insert into credit select opportunity, 'nobodys', model_version, event_id, outcome, 999, currency, 1000000, 999,
              reason, said from credit where model = 'linear'`,
      'd',
    ],
  ])('I4: finds %s that was altered, and a recompute mends it without a word', async (_, altered, deal) => {
    const right = await verified();
    expect(right).toMatchObject({ equal: true, credit: { differing: [], credits: 13 } });
    expect(right.credit.inForce).toBe(right.credit.fromScratch);
    const told = await events();
    await service.database.query(altered);
    expect(await verified()).toMatchObject({ equal: false, credit: { differing: [deal] } });
    await recomputed();
    expect(await verified()).toEqual(right);
    expect(await events()).toBe(told);
    const { items } = await service.get('/v1/credit?models=linear');
    expect(items).toMatchObject([
      { models: { linear: { amount: '5000' } } },
      { models: { linear: { amount: '5000' } } },
    ]);
  });

  it('I4: what is kept of a deal that the evidence lost goes, and that it is credited nothing is said', async () => {
    const before = await verified();
    const lost = [opened('lost', '2026-01-01', 'a'), won('lost', 2, '2026-02-01', 70_00)];
    await service.send(...lost);
    await service.settled();
    const right = await verified();
    expect(right).toMatchObject({ equal: true, credit: { credits: 26 } });
    const told = await events();

    await service.database.query(`delete from evidence.opportunity where opportunity = 'lost'`);
    expect((await verified()).credit.differing).toEqual(['lost']);
    await recomputed();
    expect((await verified()).credit).toEqual(before.credit);
    expect(await rowsOf('lost')).toBe(0);
    expect(await lastTold('lost')).toMatchObject({
      ...{ name: 'credit.revised', times: 26 },
      said: { outcome: 'open', shares: [], amount: { amount: 0 }, unattributed: { reason: 'not-won' } },
    });
    expect(await events()).toBe((told ?? 0) + 13);
    await recomputed();
    expect(await events()).toBe((told ?? 0) + 13);

    await service.workers.evidence.rebuild({ evenIfDifferent: true });
    await recomputed();
    expect(await verified()).toEqual(right);
    expect(await lastTold('lost')).toMatchObject({
      name: 'credit.revised',
      times: 39,
      said: { outcome: 'won' },
    });
    await service.send(decided('opportunity.reopened', 'lost', 3, '2026-03-01', { stage: null }));
    await service.settled();
  });

  it('I4: digests are of won deals, however often and in whatever order a deal was told of', async () => {
    const before = (await service.ask('/v1/credit/digest')).body;
    const reopened = decided('opportunity.reopened', 'e', 3, '2026-03-01', { stage: null });
    await service.send(opened('e', '2026-01-01', 'a'), won('e', 2, '2026-02-01', 100));
    await service.settled();
    expect((await service.ask('/v1/credit/digest')).body).toMatchObject({ credits: 26 });
    await service.send(reopened);
    await service.settled();
    expect((await service.ask('/v1/credit/digest')).body).toEqual(before);
    const { credit, equal } = await verified();
    expect([equal, credit.credits, credit.inForce]).toEqual([true, 13, before['digest']]);
  });
});
