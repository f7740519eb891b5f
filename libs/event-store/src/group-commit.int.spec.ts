import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, isInfrastructure } from '@throughline/postgres';
import { cutAnswers } from '@throughline/postgres/testing';
import fc from 'fast-check';
import { EventStore, StoreOverloaded } from './index.ts';
import {
  capture,
  fixture,
  fixtureDecider,
  fixtureMeta as meta,
  followUp,
  testStore,
  type FixtureCommand,
  type TestStore,
} from './testing/index.ts';

let test: TestStore;
beforeAll(async () => void (test = await testStore('group commit')));
afterAll(() => test.drop());

interface Sent {
  readonly stream: string;
  readonly command: FixtureCommand;
  readonly changes: { readonly commandId: string | null; readonly expected?: number };
}

/** A decider of its own for each command, as a service has that tells a command its time. */
const handle = (store: EventStore, { stream, command, changes }: Sent) =>
  store.handle({ ...fixture, decider: { ...fixtureDecider }, stream, command, meta: meta(changes) });

const settled = async (answer: Promise<unknown>): Promise<unknown> =>
  answer.catch((error: unknown) => {
    const { name, code, message } = error as { name: string; code?: string; message: string };
    return { name, code, message };
  });

const broken = { type: 'FollowUp', data: { outcomes: null as unknown as string[] } } as const;
const wrong = { type: 'Capture', data: { source: 7 as unknown as string } } as const;
const sending = fc.record({
  stream: fc.constantFrom('a', 'b', 'c'),
  command: fc.oneof(
    fc.constantFrom<FixtureCommand>(capture, broken, wrong),
    fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }).map((outcomes) => followUp(...outcomes)),
  ),
  changes: fc.record(
    { commandId: fc.constantFrom(null, 'k1', 'k2', 'k3'), expected: fc.nat({ max: 4 }) },
    { requiredKeys: ['commandId'] },
  ),
});

describe('commands at the same time', () => {
  it('I1 I3 are answered and stored as if they had come one after the other', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(sending, { minLength: 1, maxLength: 25 }), async (commands) => {
        round += 1;
        const named = (store: string) =>
          commands.map(({ stream, command, changes: { commandId, ...changes } }, n) => ({
            stream: `${store}-${round}-${stream}`,
            command,
            changes: { ...changes, commandId: `${store}-${round}-${commandId ?? `fresh-${n}`}` },
          }));
        const seen = async (store: string, answers: readonly unknown[]) => {
          const streams = await Promise.all(
            ['a', 'b', 'c'].map((it) => test.store.read(`${store}-${round}-${it}`)),
          );
          const records = (await test.waiting()).filter(({ key }) => key.startsWith(`${store}-${round}-`));
          const published = records.map(({ key, headers }) => `${key}@${headers['ce_streamversion']}`).sort();
          const said = JSON.stringify([answers, streams, published], (key, value: unknown) =>
            key === 'id' ? 'id' : value,
          );
          return said.replaceAll(`${store}-${round}`, 'store');
        };
        const grouped = await Promise.all(named('grouped').map((sent) => settled(handle(test.store, sent))));
        const alone: unknown[] = [];
        for (const sent of named('one'))
          alone.push(await settled(handle(new EventStore(test.database), sent)));
        expect(await seen('grouped', grouped)).toBe(await seen('one', alone));
      }),
      { numRuns: 40 },
    );
  });

  it('are one append for as many as may go together', async () => {
    const store = new EventStore(test.database, { group: { largest: 50 } });
    const lead = (n: number) => ({ stream: `many-${n}`, command: capture, changes: { commandId: null } });
    await Promise.all(Array.from({ length: 120 }, (_, n) => handle(store, lead(n))));
    const written = await test.database.query<{ events: string }>(
      "select count(*) as events from event where stream like 'many-%' group by xmin order by 1 desc",
    );
    expect(written.rows.map(({ events }) => Number(events))).toEqual([50, 50, 20]);
  });

  it('do not wait for one whose stream another writer holds', async () => {
    const store = new EventStore(test.database);
    await handle(store, { stream: 'held', command: capture, changes: { commandId: null } });
    let waits: Promise<unknown> = Promise.resolve();
    await test.database.transaction(async (tx) => {
      await tx.query("select 1 from stream where stream = 'held' for update");
      waits = handle(store, { stream: 'held', command: followUp('x'), changes: { commandId: null } });
      const others = ['free-1', 'free-2'].map((stream) =>
        handle(store, { stream, command: capture, changes: { commandId: null } }),
      );
      expect(await Promise.all(others)).toMatchObject([{ version: 1 }, { version: 1 }]);
      const next = handle(store, { stream: 'free-3', command: capture, changes: { commandId: null } });
      expect(await next).toMatchObject({ version: 1 });
    });
    expect(await waits).toMatchObject({ version: 2 });
  });

  it('that queue for a stream which another writer holds leave the connections to others', async () => {
    const store = new EventStore(test.database);
    const on = (stream: string, command: FixtureCommand) =>
      handle(store, { stream, command, changes: { commandId: null } });
    await on('queued', capture);
    const queued: Promise<unknown>[] = [];
    await test.database.transaction(async (tx) => {
      await tx.query("select 1 from stream where stream = 'queued' for update");
      for (let n = 0; n < 12; n += 1) {
        queued.push(on('queued', followUp(`x-${n}`)));
        await pause(60);
      }
      const free = on('free-of-queue', capture).then(() => 'free');
      expect(await Promise.race([free, pause(3_000, 'waits for the held stream')])).toBe('free');
    });
    expect(await Promise.all(queued)).toMatchObject(queued.map((_, n) => ({ version: n + 2 })));
  });

  it('I1 whose answer is lost are all told so, and a repeat of each is the answer that was lost', async () => {
    const proxy = await cutAnswers(test.url, '$7::bigint)');
    const behind = await Database.open({ url: proxy.url, name: 'cut' });
    const all = (store: EventStore) =>
      Promise.allSettled(
        [1, 2, 3].map((n) =>
          handle(store, { stream: `lost-${n}`, command: capture, changes: { commandId: `lost-${n}` } }),
        ),
      );
    for (const answer of await all(new EventStore(behind)))
      expect(answer.status === 'rejected' && isInfrastructure(answer.reason)).toBe(true);
    for (const answer of await all(test.store))
      expect(answer).toMatchObject({ value: { version: 1, replayed: true } });
    expect((await test.waiting()).filter(({ key }) => key.startsWith('lost-'))).toHaveLength(3);
    await behind.close();
    await proxy.close();
  });

  it('I1 beyond what the store holds are refused at once, and nothing of them is stored', async () => {
    const store = new EventStore(test.database, { group: { largest: 2, waiting: 5 } });
    const answers = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) =>
        handle(store, { stream: `full-${n}`, command: capture, changes: { commandId: null } }),
      ),
    );
    const refused = answers.flatMap((it) => (it.status === 'rejected' ? [it.reason as unknown] : []));
    expect(refused).toHaveLength(3);
    for (const error of refused) expect(error).toBeInstanceOf(StoreOverloaded);
    expect(await Promise.all([4, 5, 6, 7].map((n) => store.exists(`full-${n}`)))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    await handle(store, { stream: 'full-5', command: capture, changes: { commandId: null } });
  });
});

describe('appends without a transaction of their own', () => {
  const captured = (lead: string) => ({ ...meta(), name: 'lead.captured' as const, data: { lead } });
  const append = (stream: string, expected: number | 'any', commandId: string) =>
    test.store.append(null, [{ stream, expected, events: [captured(stream)] }], { ...meta(), commandId });

  it('I1 I3 at the same time: repeats, wrong versions, loose ones and bad data leave their neighbours alone', async () => {
    await append('own-known', 0, 'own-known');
    const answers = await Promise.allSettled([
      append('own-1', 0, 'own-1'),
      append('own-2', 3, 'own-2'),
      append('own-known', 0, 'own-known'),
      append('own-3', 'any', 'own-3'),
      append('own-3', 'any', 'own-3-again'),
      append('own-4', 0, 'own-known'),
      append('own-5', 0, 'own-5'),
      test.store.append(null, [{ stream: 'own-6', expected: 0, events: [captured('another')] }], {
        ...meta(),
        commandId: 'own-6',
      }),
    ]);
    expect(answers).toMatchObject([
      { value: { replayed: false, events: [{ version: 1 }] } },
      { reason: { name: 'WrongVersion', actual: 0 } },
      { value: { replayed: true, events: [{ version: 1 }] } },
      { value: { events: [{ version: 1 }] } },
      { value: { events: [{ version: 2 }] } },
      { reason: { name: 'IdempotencyConflict' } },
      { value: { events: [{ version: 1 }] } },
      { reason: { message: expect.stringContaining('must name its stream') } },
    ]);
    expect(await test.store.exists('own-4')).toBe(false);
  });

  it('I3 a version that a neighbour asserts is not lent to a writer that expects another', async () => {
    await append('own-rule', 0, 'own-rule');
    const asserts = [
      { stream: 'own-rule', expected: 1, events: [] },
      { stream: 'own-by-rule', expected: 0, events: [captured('own-by-rule')] },
    ] as const;
    const [late, by] = await Promise.allSettled([
      append('own-rule', 0, 'own-late'),
      test.store.append(null, asserts, { ...meta(), commandId: 'own-by-rule' }),
    ]);
    expect(late).toMatchObject({ reason: { name: 'WrongVersion', actual: 1 } });
    expect(by).toMatchObject({ value: { events: [{ stream: 'own-by-rule', version: 1 }] } });
  });
});
