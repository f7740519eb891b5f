import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, type Prepared, type Rows } from '@throughline/postgres';
import { EventStore } from './index.ts';
import {
  capture,
  fixture,
  fixtureMeta as meta,
  followUp,
  testStore,
  type TestStore,
} from './testing/index.ts';

let test: TestStore;
beforeAll(async () => void (test = await testStore('handle many')));
afterAll(() => test.drop());

const item = (stream: string, command = capture, changes = {}) => ({ stream, command, meta: meta(changes) });
const handleMany = (...commands: ReturnType<typeof item>[]) =>
  test.store.handleMany({ ...fixture, commands });

describe('a batch of commands', () => {
  it('I3 judges each by those before it, in order', async () => {
    const outcomes = await handleMany(
      item('m-1'),
      item('m-2'),
      item('m-1', followUp('a')),
      item('m-1', followUp('a', 'b')),
    );
    expect(outcomes.map((outcome) => outcome.status === 'accepted' && outcome.result.version)).toEqual([
      1, 1, 2, 3,
    ]);
    expect((await test.store.read('m-1')).map(({ stream }) => stream?.version)).toEqual([1, 2, 3]);
    const published = (await test.waiting()).map(
      ({ key, headers }) => `${key}@${headers['ce_streamversion']}`,
    );
    expect(published).toEqual(['m-1@1', 'm-2@1', 'm-1@2', 'm-1@3']);
  });

  it('a refusal, a conflict, a defect leave their neighbours alone', async () => {
    await handleMany(item('m-10'), item('m-13'), item('m-14', capture, { commandId: 'taken' }));
    const wrongData = { type: 'Capture', data: { source: 7 as unknown as string } } as const;
    const outcomes = await handleMany(
      item('m-11', followUp('x')),
      item('m-10', followUp('a')),
      item('m-10', followUp('b'), { expected: 1 }),
      item('m-12', wrongData),
      item('m-12', capture),
      item('m-15', capture, { commandId: 'taken' }),
      item('m-13', { type: 'FollowUp', data: { outcomes: null as unknown as string[] } }),
      item('m-10', followUp('a')),
    );
    expect(outcomes).toMatchObject([
      { status: 'refused', error: { code: 'not-captured' } },
      { status: 'accepted', result: { version: 2 } },
      { status: 'conflict', error: { name: 'WrongVersion', actual: 2 } },
      { status: 'refused', error: { name: 'ContractError', code: 'invalid-data' } },
      { status: 'accepted', result: { version: 1 } },
      { status: 'conflict', error: { name: 'IdempotencyConflict' } },
      { status: 'failed' },
      { status: 'accepted', result: { version: 2, events: [] } },
    ]);
  });

  it('I1 gives the same answers again, within a batch and after', async () => {
    const commands = [
      item('m-20', capture, { commandId: 'a' }),
      item('m-20', followUp('x'), { commandId: 'b' }),
    ];
    const first = await handleMany(...commands, item('m-20', capture, { commandId: 'a' }));
    expect(first[2]).toEqual({ status: 'accepted', result: { ...resultOf(first[0]), replayed: true } });
    const again = await handleMany(...commands);
    expect(again.map(resultOf)).toEqual(
      first.slice(0, 2).map((one) => ({ ...resultOf(one), replayed: true })),
    );
    expect(await test.store.read('m-20')).toHaveLength(2);
  });

  it('takes two round trips, whatever its size', async () => {
    let statements = 0;
    const counting = await Database.open({ url: test.url, name: 'counting' });
    const query = counting.query.bind(counting);
    counting.query = <R>(text: string | Prepared, values?: readonly unknown[]): Promise<Rows<R>> => {
      if (typeof text !== 'string' || !text.includes('pg_notify')) statements += 1;
      return query<R>(text, values);
    };
    const commands = Array.from({ length: 500 }, (_, n) => item(`m-30-${n}`));
    const outcomes = await new EventStore(counting).handleMany({ ...fixture, commands });
    await counting.close();
    expect(outcomes.every(({ status }) => status === 'accepted')).toBe(true);
    expect(statements).toBe(2);
  });

  it('I3 crossing batches at once: what was accepted is stored, in order and without gap', async () => {
    const streams = Array.from({ length: 8 }, (_, n) => `m-40-${n}`);
    await handleMany(...streams.map((stream) => item(stream)));
    const batches = await Promise.all(
      Array.from({ length: 6 }, (_, writer) => {
        const turned = writer % 2 === 0 ? streams : streams.toReversed();
        return handleMany(...turned.map((stream) => item(stream, followUp(`by-${writer}`))));
      }),
    );
    const accepted = batches.flat().flatMap((outcome) => resultOf(outcome)?.events ?? []);
    const histories = await Promise.all(streams.map((stream) => test.store.read(stream)));
    expect(accepted.map(({ id }) => id).sort()).toEqual(
      histories.flatMap((all) => all.slice(1).map(({ id }) => id)).sort(),
    );
    for (const history of histories) {
      expect(history.map(({ stream }) => stream?.version)).toEqual(history.map((_, n) => n + 1));
    }
    for (const outcome of batches.flat())
      if (outcome.status !== 'accepted') expect(outcome.status).toBe('conflict');
  });

  it('answers nothing to nothing', async () => expect(await handleMany()).toEqual([]));
});

type Outcomes = Awaited<ReturnType<typeof handleMany>>;
function resultOf(outcome: Outcomes[number] | undefined) {
  return outcome?.status === 'accepted' ? outcome.result : null;
}
