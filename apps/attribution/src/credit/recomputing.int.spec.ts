import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStore } from '@throughline/event-store';
import { loadSql } from '@throughline/postgres';
import { startTelemetry } from '@throughline/telemetry';
import { DefineModels } from '../model/define-models.ts';
import { defineModel, type ModelSettings } from '../model/model.commands.ts';
import { verifyCredit } from '../proof/verify-credit.ts';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { opened, touch, won } from '../testing/story.ts';
import type { CreditBook } from './credit-book.ts';
import { Recomputing } from './recomputing.ts';

const askMending = loadSql(import.meta.url, '../proof/sql/ask-recompute.sql');
const ask = loadSql(import.meta.url, '../model/sql/ask-recompute.sql');
/** More than one chunk of them. */
const DEALS = 120;
const settings = defineModel.parse({ rule: 'linear', windowDays: null }) as ModelSettings;

interface Wish {
  readonly id: string;
  readonly reason: string;
  readonly closed_from: string | null;
  readonly folded_into: string | null;
  readonly seen: number;
  readonly done_at: string | null;
}

describe('wishes to look at all deals again', () => {
  let service: RunningAttribution;
  let recomputing: Recomputing;
  let models: DefineModels;
  let from = 0;
  const now = () => new Date('2026-03-01T00:00:00.000Z');
  beforeAll(async () => {
    service = await runningAttribution({ now });
    const deals = Array.from({ length: DEALS }, (_, n) => opened(`d-${n}`, '2026-01-01', 'a'));
    await service.send(touch('t', '2026-01-05', { account: 'a', channel: 'ads' }), ...deals);
    await service.send(won('d-0', 2, '2026-01-31', 1_00), won('d-1', 2, '2026-02-28', 2_00));
    await service.settled();
    await service.workers.again.runOnce();
    await service.workers.again.stop(); // from here on they are looked at when the test says so
    const store = new EventStore(service.database, { telemetry: startTelemetry('attribution', {}) });
    models = new DefineModels(service.database, store, now, () => undefined);
    recomputing = service.workers.recomputing;
  }, 60_000);
  beforeEach(async () => {
    while (await recomputing.runOnce());
    from = Number(
      (await service.database.query<{ id: string }>('select max(id) as id from recompute')).rows[0]?.id,
    );
  });
  afterAll(() => service.stop());

  /** Those asked for since the test began, in order. */
  const wishes = async () =>
    (await service.database.query<Wish>('select * from recompute where id > $1 order by id', [from])).rows;
  const wish = async (reason: string, closedFrom: string | null = null) =>
    (await service.database.query<{ id: string }>(ask, [reason, closedFrom])).rows[0]?.id;
  const define = (model: string) =>
    models.handle({
      stream: model,
      command: { type: 'DefineModel', data: settings },
      meta: {
        ...{ commandId: `define-${model}`, source: 'urn:test', occurredAt: null, precision: 'unknown' },
        ...{ inferred: [], traceparent: null, tracestate: null, recordedAt: now().toISOString() },
      },
    });
  async function rounds(): Promise<number> {
    let chunks = 0;
    while (await recomputing.runOnce()) chunks += 1;
    return chunks;
  }

  it('are folded into one, so that many definitions cost one round; each keeps its reason', async () => {
    const names = Array.from({ length: 60 }, (_, n) => `own-${n}`);
    for (const name of names) await define(name);
    expect(await recomputing.open()).toBe(60);
    expect(await rounds()).toBe(Math.ceil(DEALS / 100));
    const done = await wishes();
    expect(done.map(({ reason }) => reason)).toEqual(names.map((name) => `${name} version 1`));
    expect(done.every(({ seen, done_at }) => seen === DEALS && done_at !== null)).toBe(true);
    const { rows } = await service.database.query(
      `select 1 from credit where model like 'own-%' and outcome = 'won'`,
    );
    expect(rows).toHaveLength(2 * names.length);
    expect(await verifyCredit(service.database, async () => undefined)).toMatchObject({ equal: true });
  }, 60_000);

  it('look as far back as the earliest of them wants', async () => {
    await wish('march', '2026-03-20');
    await wish('january', '2026-02-15');
    await wish('february', '2026-03-10');
    await rounds();
    expect((await wishes()).map(({ seen }) => seen)).toEqual([2, 2, 2]);
    await wish('march again', '2026-03-20');
    expect(await rounds()).toBe(1);
    expect((await wishes()).at(-1)).toMatchObject({ seen: 1, folded_into: null });
    await wish('some', '2026-02-15');
    await wish('all');
    await rounds();
    expect((await wishes()).slice(-2).map(({ seen }) => seen)).toEqual([DEALS, DEALS]);
  });

  it('that have begun are not changed: what comes meanwhile has a round of its own', async () => {
    const begun = await wish('begun');
    expect(await recomputing.runOnce()).toBe(true);
    const [later, last] = [await wish('later'), await wish('last', '2026-01-01')];
    await rounds();
    expect(await wishes()).toMatchObject([
      { id: begun, folded_into: null, seen: DEALS },
      { id: later, folded_into: null, seen: DEALS },
      { id: last, folded_into: later, seen: DEALS },
    ]);
  });

  it('I1: a round that breaks off leaves every wish as it was; a deal that it breaks off for is set apart', async () => {
    for (const reason of ['one', 'two', 'three']) await wish(reason);
    const before = await wishes();
    const { book, due } = service.workers;
    const reviseSome: CreditBook['reviseSome'] = (tx, deals, occasion) =>
      deals.includes('d-7') ? Promise.reject(new Error('broken off')) : book.reviseSome(tx, deals, occasion);
    const breaking = new Recomputing(service.database, { reviseSome, mendSome: reviseSome }, due, now);
    await expect(breaking.runOnce()).rejects.toThrow('broken off');
    expect(await wishes()).toEqual(before);
    for (let failed = 0; (await recomputing.open()) > 0 && failed < 20;)
      await breaking.runOnce().catch(() => (failed += 1));
    expect((await wishes()).every(({ seen, done_at }) => seen === DEALS && done_at !== null)).toBe(true);
    expect(await due.apart()).toEqual([{ opportunity: 'd-7', failures: 1, error: 'broken off' }]);
    await service.database.query('delete from due_deal');
  });

  it('I1: mend rows on the way; a worker that is killed at it leaves what it had in hand to the next', async () => {
    const wrong = async () => {
      const { rows } = await service.database.query(`select 1 from deal where owner = 'nobody'`);
      return rows.length;
    };
    await service.database.query(`update deal set owner = 'nobody'`);
    await wish('begins, and takes the others in', '2026-03-10');
    await service.database.query(askMending, ['altered']);
    expect(await recomputing.runOnce()).toBe(true);
    expect(await wrong()).toBe(DEALS - 100);
    const { items } = (await service.ask('/v1/credit/recompute')).body;
    expect(items[1]).toMatchObject({ mends: true, seen: 100, doneAt: null });
    const { book, due } = service.workers;
    let killed: readonly string[] = [];
    const mendSome: CreditBook['mendSome'] = async (tx, deals, occasion) => {
      await book.mendSome(tx, deals, occasion);
      killed = deals;
      await tx.query('select pg_terminate_backend(pg_backend_pid())');
      throw new Error('it is dead');
    };
    const reviseSome = () => Promise.reject(new Error('this one mends'));
    const dying = new Recomputing(service.database, { reviseSome, mendSome }, due, now);
    await expect(dying.runOnce()).rejects.toThrow();
    expect([killed.length, await wrong()]).toEqual([DEALS - 100, DEALS - 100]);
    await rounds();
    expect(await wrong()).toBe(0);
    expect(await wishes()).toMatchObject([
      { seen: DEALS, folded_into: null },
      { seen: DEALS, reason: 'altered' },
    ]);
    expect(await verifyCredit(service.database, async () => undefined)).toMatchObject({ equal: true });
  });

  it('are each done once, whoever looks at the same time', async () => {
    for (let n = 0; n < 20; n += 1) await wish(`wish ${n}`);
    await Promise.all([rounds(), rounds(), rounds()]);
    const done = await wishes();
    expect(done.every(({ done_at }) => done_at !== null)).toBe(true);
    expect(done.every(({ seen }) => seen === DEALS)).toBe(true);
  });
});
