import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@throughline/postgres';
import { EventStore, IdempotencyConflict } from './index.ts';
import { capture, fixture, fixtureMeta, followUp, testStore, type TestStore } from './testing/index.ts';

let test: TestStore;
let other: { readonly database: Database; readonly store: EventStore };
beforeAll(async () => {
  test = await testStore('same-command');
  const database = await Database.open({ url: test.url, name: 'another process' });
  other = { database, store: new EventStore(database) };
});
afterAll(async () => {
  await other.database.close();
  await test.drop();
});

const meta = (commandId: string) => fixtureMeta({ commandId });
const send = (store: EventStore, stream: string, command: typeof capture, commandId: string) =>
  store.handle({ ...fixture, stream, command, meta: meta(commandId) });
/** What was answered, without whether it was the first. */
const said = ({ stream, version, events }: Awaited<ReturnType<typeof send>>) => ({ stream, version, events });

describe('F7 equal commands at once under one Idempotency-Key', () => {
  it.each([2, 8, 32, 150])('%i in one process: each answer lists the one event once', async (many) => {
    const stream = `lead-${many}`;
    const answers = await Promise.all(
      Array.from({ length: many }, () => send(test.store, stream, capture, `capture-${many}`)),
    );
    expect(answers.map(said)).toEqual(answers.map(() => said(answers[0] as (typeof answers)[0])));
    expect(answers[0]).toMatchObject({ version: 1, events: [{ name: 'lead.captured', version: 1 }] });
    expect(await test.store.read(stream)).toHaveLength(1);
  });

  it('32 over two processes, in three rounds', async () => {
    for (const round of [1, 2, 3]) {
      const stream = `apart-${round}`;
      const answers = await Promise.all(
        Array.from({ length: 32 }, (_, n) =>
          send(n % 2 === 0 ? test.store : other.store, stream, capture, `apart-${round}`),
        ),
      );
      expect(answers.map(({ events }) => events.length)).toEqual(answers.map(() => 1));
      expect(new Set(answers.map((it) => JSON.stringify(said(it)))).size).toBe(1);
    }
  });

  it('commands that give two events: both, once each, in order, however often they come', async () => {
    await send(test.store, 'two', capture, 'two-capture');
    const first = await send(test.store, 'two', followUp('no answer', 'interested'), 'two');
    expect(first.events.map(({ version }) => version)).toEqual([2, 3]);
    const again = await Promise.all(
      Array.from({ length: 12 }, () => send(test.store, 'two', followUp('no answer', 'interested'), 'two')),
    );
    for (const answer of again) expect(answer).toEqual({ ...first, replayed: true });
  });

  it('while another writer moves the stream', async () => {
    await send(test.store, 'moved', capture, 'moved-capture');
    const [same] = await Promise.all([
      Promise.all(Array.from({ length: 16 }, () => send(test.store, 'moved', followUp('mine'), 'mine'))),
      Promise.all(
        Array.from({ length: 8 }, (_, n) => send(other.store, 'moved', followUp(`other ${n}`), `o-${n}`)),
      ),
    ]);
    expect(new Set(same.map((it) => JSON.stringify(said(it)))).size).toBe(1);
    expect(same[0]?.events).toHaveLength(1);
    expect(await test.store.read('moved')).toHaveLength(10);
  });

  it('in one batch, and in batches at once', async () => {
    const commands = Array.from({ length: 5 }, () => ({
      stream: 'batch',
      command: capture,
      meta: meta('batch'),
    }));
    const batches = await Promise.all(
      [test.store, other.store, test.store].map((store) => store.handleMany({ ...fixture, commands })),
    );
    const answers = batches
      .flat()
      .map((outcome) => (outcome.status === 'accepted' ? said(outcome.result) : outcome));
    expect(new Set(answers.map((it) => JSON.stringify(it))).size).toBe(1);
    expect(answers[0]).toMatchObject({ events: [{ version: 1 }] });
  });

  it('another payload under the key is a conflict, whichever comes first', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) =>
        send(
          test.store,
          'payload',
          { type: 'Capture', data: { source: n % 2 ? 'fair' : 'referral' } },
          'payload',
        ),
      ),
    );
    const refused = outcomes.flatMap((it) => (it.status === 'rejected' ? [it.reason as unknown] : []));
    expect(refused).toHaveLength(5);
    for (const reason of refused) expect(reason).toBeInstanceOf(IdempotencyConflict);
    const taken = outcomes.flatMap((it) => (it.status === 'fulfilled' ? [it.value.events.length] : []));
    expect(taken).toEqual([1, 1, 1, 1, 1]);
  });
});
