import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadSql, type Database, type Transaction } from '@throughline/postgres';
import { eventually } from '@throughline/log/testing';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { opened, touch } from '../testing/story.ts';
import type { CreditBook } from './credit-book.ts';
import { DueDeals } from './due-deals.ts';

const dropDue = loadSql(import.meta.url, './sql/drop-due.sql');
const nextDeals = loadSql(import.meta.url, './sql/next-deals.sql');
const now = () => new Date('2026-03-01T00:00:00.000Z');
const GATE = 42;

let service: RunningAttribution;
let database: Database;
let due: DueDeals;
beforeAll(async () => {
  service = await runningAttribution({ now, mostAtOnce: 0 });
  ({ database } = service);
  ({ due } = service.workers);
  await service.workers.again.stop(); // from here on due deals are credited when the test says so
});
beforeEach(async () => {
  await database.query('delete from due_deal');
});
afterAll(() => service.stop());

const mark = (...deals: string[]) => database.transaction((tx) => due.mark(tx, deals));
const left = async () =>
  (
    await database.query<{ opportunity: string }>(
      'select opportunity from due_deal order by opportunity collate "C"',
    )
  ).rows.map(({ opportunity }) => opportunity);

/** A book that only tells what it is asked to credit. */
function book(credits: (deals: readonly string[]) => Promise<unknown>): Pick<CreditBook, 'reviseSome'> {
  return { reviseSome: async (_, deals) => credits(deals).then(() => ({ done: deals.length, said: 0 })) };
}

describe('deals that are due', () => {
  it('I4: no mark is lost to a drainer that began before another one ended', async () => {
    await mark('d');
    const gate = await database.session();
    await gate.query('select pg_advisory_lock($1)', [GATE]);
    let finish = (): void => undefined;
    const mayFinish = new Promise<void>((resolve) => (finish = resolve));
    let began = (): void => undefined;
    const hasBegun = new Promise<void>((resolve) => (began = resolve));
    const first = new DueDeals(
      database,
      book(async () => (began(), mayFinish)),
      now,
    ).runOnce();
    await hasBegun;
    const creditedBySecond: (readonly string[])[] = [];
    const newEvidence = async (deals: readonly string[]) => {
      creditedBySecond.push(deals);
      await mark('d');
    };
    const second = new DueDeals(waitingAtGate(database), book(newEvidence), now).runOnce();
    const waits = `select 1 from pg_locks where locktype = 'advisory' and not granted`;
    await eventually('the second waits', async () => (await database.query(waits)).rowCount > 0);
    finish();
    expect(await first).toBe(true);
    await gate.query('select pg_advisory_unlock($1)', [GATE]);
    await second;
    await gate.close();
    expect(await left()).toHaveLength(creditedBySecond.length);
    expect(creditedBySecond).toEqual([]);
  });

  it('one that fails is set apart and said so; the others go on', async () => {
    await mark('a', 'b', 'c', 'd', 'e');
    const credited: string[] = [];
    const failing = new DueDeals(
      database,
      book(async (deals) => {
        if (deals.includes('c')) throw new Error('c cannot be credited');
        credited.push(...deals);
      }),
      now,
    );
    await expect(failing.runOnce()).rejects.toThrow('c cannot be credited');
    expect(await left()).toHaveLength(5);
    for (let failed = 0; failed < 5;) {
      if (!(await failing.runOnce().catch(() => (failed += 1)))) break;
    }
    expect(credited.sort()).toEqual(['a', 'b', 'd', 'e']);
    expect(await due.apart()).toEqual([{ opportunity: 'c', failures: 1, error: 'c cannot be credited' }]);
    expect(await service.workers.keepingUp('reactor')).toMatchObject({
      ok: false,
      detail: { due: 1, apart: 'c: c cannot be credited' },
    });
    await mark('f');
    expect(await failing.runOnce()).toBe(true);
    expect(await left()).toEqual(['c']);
    await database.query('update due_deal set not_before = clock_timestamp()');
    const mended = new DueDeals(
      database,
      book(async () => undefined),
      now,
    );
    expect(await mended.runOnce()).toBe(true);
    expect(await left()).toEqual([]);
  });

  it('are credited so many at once as their touches allow', async () => {
    const touches = Array.from({ length: 500 }, (_, n) => touch(`t-${n}`, '2026-01-05', { account: 'busy' }));
    const deals = Array.from({ length: 50 }, (_, n) => `busy-${n}`);
    await service.send(...touches, ...deals.map((deal) => opened(deal, '2026-01-01', 'busy')));
    await service.settled();
    const asked = { recordedAt: now().toISOString(), traceparent: null, tracestate: null };
    const reads: number[] = [];
    const done = await database.transaction(async (tx) => {
      const watched: Transaction = {
        client: tx.client,
        query: async (text, values) => {
          const found = await tx.query<never>(text, values);
          if (String(text).includes('placed_touch')) reads.push(found.rowCount);
          return found;
        },
      };
      return service.workers.book.reviseSome(watched, deals, asked);
    });
    expect(done).toEqual({ done: 40, said: 0 });
    expect(reads.reduce((sum, rows) => sum + rows, 0)).toBe(20_000);
  }, 60_000);

  it('are let go in the order of ids, so that who lets go and who marks never wait for each other', async () => {
    await mark('a', 'b');
    const holder = await database.session();
    await holder.query('begin');
    await holder.query(`select 1 from due_deal where opportunity = 'a' for update`);
    const dropping = database.query(dropDue, [
      ['b', 'a'],
      [1, 1],
    ]);
    const waits = `select 1 from pg_locks where not granted`;
    await eventually('it waits for a', async () => (await database.query(waits)).rowCount > 0);
    const free = await database.query('select opportunity from due_deal for update skip locked');
    await holder.query('commit');
    await dropping;
    await holder.close();
    expect(free.rows).toEqual([{ opportunity: 'b' }]);
    expect(await left()).toEqual([]);
  });

  it('deals are read in the order of their key, no more than are asked for', async () => {
    const plan = await database.transaction(async (tx) => {
      await tx.query('set local enable_seqscan = off');
      return (await tx.query<Record<string, string>>(`explain ${nextDeals}`, ['m', null, 5])).rows;
    });
    const said = plan.flatMap((row) => Object.values(row)).join('\n');
    expect(said).toContain('Index Cond');
    expect(said).not.toContain('Sort');
  });
});

/** The same database, where whoever would be the drainer waits at the gate inside of that statement. */
function waitingAtGate(of: Database): Database {
  const lock = 'pg_try_advisory_xact_lock(';
  const gated = (text: unknown) =>
    String(text).replace(lock, `pg_advisory_xact_lock_shared(${GATE}) is not null and ${lock}`);
  const transaction: Database['transaction'] = (work) =>
    of.transaction((tx) =>
      work({ client: tx.client, query: (text, values) => tx.query(gated(text), values) }),
    );
  return new Proxy(of, {
    get: (target, name) =>
      name === 'transaction' ? transaction : (Reflect.get(target, name, target) as unknown),
  });
}
