import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JourneyEvent } from '@throughline/contracts';
import { eventually } from '@throughline/log/testing';
import { readDefinitions } from '../credit/credit-book.ts';
import { creditFromScratch } from '../testing/credit-oracle.ts';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { decided, linked, opened, touch, won } from '../testing/story.ts';

const CHECK_VIOLATED = '23514';
const EVIDENCE = '/v1/evidence/parked';
const REACTION = '/v1/reactions/credit-deals-when-journeys-change/parked';

let service: RunningAttribution;
const told: JourneyEvent[] = [];
beforeAll(async () => {
  service = await runningAttribution();
});
afterAll(() => service.stop());

async function send(...events: readonly JourneyEvent[]): Promise<void> {
  told.push(...events);
  await service.send(...events);
}

/** Makes the evidence's database refuse rows, as a fault of a later version might. @returns what mends it */
async function refusing(table: string, condition: string): Promise<() => Promise<unknown>> {
  const { schema } = await service.workers.evidence.live();
  await service.database.query(
    `alter table ${schema}.${table} add constraint refused check (${condition}) not valid`,
  );
  return () => service.database.query(`alter table ${schema}.${table} drop constraint refused`);
}

const parkedAt = async (path: string) =>
  (await service.ask(path)).body.items.map(({ eventId, state, code }) => ({ eventId, state, code }));
const operate = async (path: string, id: string, what: 'replay' | 'discard') =>
  service.ask(
    `${path}/${id}/${what}`,
    'POST',
    what === 'discard' ? { reason: 'wrong', by: 'ann' } : undefined,
  );

async function health() {
  const { status, body } = await service.ask('/health/fresh');
  const checks = body['checks'] as Record<string, { ok: boolean; detail: { parkedKeys: number } }>;
  const keys = (of: string) => checks[`attribution.${of}`]?.detail.parkedKeys;
  return { status, evidence: keys('evidence'), reactor: keys('reactor') };
}

/** What is in force of won deals, sorted. */
async function inForce(): Promise<string[]> {
  const { rows } = await service.database.query<{ said: string }>(
    `select said from credit where outcome = 'won'`,
  );
  return rows.map(({ said }) => said).sort();
}
const fromScratch = async (events: readonly JourneyEvent[]) =>
  creditFromScratch(events, await readDefinitions(service.database));
const first = async (deal: string): Promise<string | undefined> =>
  (
    await service.database.query<{ touch: string }>(
      `select touch from credit_share where opportunity = $1 and model = 'first'`,
      [deal],
    )
  ).rows[0]?.touch;

async function verified() {
  await service.ask('/v1/credit/verify', 'POST');
  const state = async () => (await service.ask('/v1/credit/verify')).body;
  await eventually('the verification ends', async () => (await state())['state'] !== 'running');
  return (await state())['result'] as { equal: boolean; credit: { differing: string[] } };
}

describe('an event that the evidence parks (I7)', () => {
  const [good, bad] = [
    touch('good', '2026-02-01', { account: 'a', channel: 'ads' }),
    touch('bad', '2026-01-05', { account: 'a', channel: 'odd' }),
  ];

  it('a touch: waits in both, and keeps nothing else from being credited, of its own deal neither', async () => {
    await send(good, opened('d-a', '2026-01-01', 'a'), won('d-a', 2, '2026-03-01', 100));
    await send(opened('d-b', '2026-01-01', 'b'), won('d-b', 2, '2026-03-01', 100));
    await service.settled();
    const mend = await refusing('touch', `channel <> 'odd'`);
    await send(bad);
    expect(await service.ask('/v1/credit')).toMatchObject({
      ...{ status: 409, body: { code: 'waits-behind-poison', remedy: expect.stringContaining(REACTION) } },
    });
    expect(await parkedAt(EVIDENCE)).toEqual([{ eventId: bad.id, state: 'poison', code: CHECK_VIOLATED }]);
    expect(await parkedAt(REACTION)).toMatchObject([{ eventId: bad.id, state: 'poison' }]);
    expect((await service.ask(`${REACTION}/${bad.id}`)).body['reason']).toContain(EVIDENCE);
    expect(await health()).toEqual({ status: 503, evidence: 1, reactor: 1 });

    const early = touch('early', '2026-01-10', { account: 'a', channel: 'fair' });
    const elsewhere = touch('elsewhere', '2026-01-10', { account: 'b', channel: 'fair' });
    await send(early, elsewhere);
    await eventually('its own deal is credited', async () => (await first('d-a')) === early.id);
    await eventually('another deal is', async () => (await first('d-b')) === elsewhere.id);
    expect(await inForce()).toEqual(await fromScratch(told.filter((event) => event !== bad)));

    // here before there: it waits on
    expect((await operate(REACTION, bad.id, 'replay')).body).toEqual({ applied: 0, left: 1 });
    expect((await operate(EVIDENCE, bad.id, 'replay')).body).toEqual({ applied: 0, left: 1 });
    await mend();
    expect((await operate(EVIDENCE, bad.id, 'replay')).body).toEqual({ applied: 1, left: 0 });
    expect(await verified()).toMatchObject({ equal: false, credit: { differing: ['d-a'] } });
    expect((await operate(REACTION, bad.id, 'replay')).body).toEqual({ applied: 1, left: 0 });
    expect(await first('d-a')).toBe(bad.id);
    expect(await inForce()).toEqual(await fromScratch(told));
    expect(await verified()).toMatchObject({ equal: true });
    expect(await health()).toEqual({ status: 200, evidence: 0, reactor: 0 });
  }, 60_000);

  it('a step of a deal: the deal stands still, and goes on from there once both were replayed', async () => {
    await send(opened('d-c', '2026-01-01', 'a'));
    await service.settled();
    const mend = await refusing('opportunity', 'amount is distinct from 666');
    const win = won('d-c', 2, '2026-03-01', 666);
    const corrected = won('d-c', 4, '2026-03-03', 777);
    await send(win);
    await eventually('it waits', async () => (await parkedAt(REACTION)).length === 1);
    await send(
      decided('opportunity.reopened', 'd-c', 3, '2026-03-02', { reason: null, by: null }),
      corrected,
    );
    await eventually('all of it waits', async () => (await parkedAt(REACTION)).length === 3);
    expect((await parkedAt(EVIDENCE)).map(({ state }) => state)).toEqual(['poison', 'queued', 'queued']);
    expect(await health()).toEqual({ status: 503, evidence: 1, reactor: 1 });
    await send(won('d-b', 3, '2026-03-04', 250));
    await eventually('another deal goes on', async () =>
      (await inForce()).some((said) => said.includes('"amount":250')),
    );
    await mend();
    expect((await operate(EVIDENCE, win.id, 'replay')).body).toEqual({ applied: 3, left: 0 });
    expect((await operate(REACTION, win.id, 'replay')).body).toEqual({ applied: 3, left: 0 });
    expect(await inForce()).toEqual(await fromScratch(told));
    expect(await verified()).toMatchObject({ equal: true });
  }, 60_000);

  it('given up in the evidence, it is passed over here by a replay', async () => {
    const mend = await refusing('identity_assertion', `high <> 'nobody'`);
    const edge = ['person-in-account', 'p-1', 'nobody'] as const;
    const [lost, later] = [linked('i-1', '2026-01-01', ...edge), linked('i-2', '2026-01-02', ...edge)];
    await service.send(lost, later);
    await eventually('both wait', async () => (await parkedAt(REACTION)).length === 2);
    expect((await operate(EVIDENCE, lost.id, 'discard')).status).toBe(200);
    await mend();
    expect((await operate(EVIDENCE, later.id, 'replay')).body).toEqual({ applied: 1, left: 0 });
    expect((await operate(REACTION, lost.id, 'replay')).body).toEqual({ applied: 2, left: 0 });
    told.push(later);
    expect(await inForce()).toEqual(await fromScratch(told));
    expect(await verified()).toMatchObject({ equal: true });
    expect(await health()).toEqual({ status: 200, evidence: 0, reactor: 0 });
  }, 60_000);

  it('I3: a version that is missing: its deal waits in both, and goes on by itself when it comes', async () => {
    const changed = decided('opportunity.amount-changed', 'd-e', 2, '2026-02-01', {
      ...{ from: null, to: { amount: 50, currency: 'EUR' }, by: null },
    });
    await send(opened('d-e', '2026-01-01', 'a'));
    await service.settled();
    const win = won('d-e', 3, '2026-03-01', null);
    await send(win);
    expect((await service.ask('/v1/credit')).status).toBe(409);
    const gap = { state: 'gap', eventId: win.id };
    expect(await parkedAt(`${EVIDENCE}?state=gap`)).toMatchObject([gap]);
    expect(await parkedAt(`${REACTION}?state=gap`)).toMatchObject([gap]);
    expect(await health()).toEqual({ status: 503, evidence: 1, reactor: 1 });
    await send(won('d-b', 4, '2026-03-05', 300));
    await eventually('another deal goes on', async () =>
      (await inForce()).some((said) => said.includes('"amount":300')),
    );
    await send(changed);
    await service.settled();
    expect(await inForce()).toEqual(await fromScratch(told));
    expect(await verified()).toMatchObject({ equal: true });
    expect(await health()).toEqual({ status: 200, evidence: 0, reactor: 0 });
  }, 60_000);
});
