import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IdempotencyConflict, StreamBusy, WrongVersion, type Expected, type StreamAppend } from './index.ts';
import { fixtureMeta, testStore, type TestStore } from './testing/index.ts';

let test: TestStore;
beforeAll(async () => void (test = await testStore('append')));
afterAll(() => test.drop());

let commands = 0;
const meta = (commandId = `append-${++commands}`) => ({ ...fixtureMeta(), commandId });
const captured = (lead: string) => ({ ...fixtureMeta(), name: 'lead.captured' as const, data: { lead } });
const one = (stream: string, expected: Expected): StreamAppend => ({
  stream,
  expected,
  events: [captured(stream)],
});
const append = (...appends: StreamAppend[]) =>
  test.database.transaction((tx) => test.store.append(tx, appends, meta()));
const version = async (stream: string) => (await test.store.read(stream)).length;

describe('expected versions', () => {
  it.each<[string, Expected, number, boolean]>([
    ['exact', 2, 2, true],
    ['exact', 1, 2, false],
    ['exact', 3, 2, false],
    ['exact', 0, 0, true],
    ['no stream', 'no-stream', 0, true],
    ['no stream', 'no-stream', 1, false],
    ['exists', 'exists', 1, true],
    ['exists', 'exists', 2, true],
    ['exists', 'exists', 0, false],
    ['any', 'any', 0, true],
    ['any', 'any', 2, true],
  ])('%s: %s against version %i is %s', async (_, expected, before, fits) => {
    const stream = `expect-${++commands}`;
    for (let n = 0; n < before; n += 1) await append(one(stream, n));
    const appended = append(one(stream, expected));
    if (fits) expect((await appended).events).toMatchObject([{ stream, version: before + 1 }]);
    else
      await expect(appended).rejects.toMatchObject({
        name: 'WrongVersion',
        stream,
        expected,
        actual: before,
      });
    expect(await version(stream)).toBe(before + (fits ? 1 : 0));
  });

  it('I3 of 20 writers at once with one exact version one is stored', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => append(one('exact', 0))));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await version('exact')).toBe(1);
  });

  it('I3 any never conflicts: 20 writers at once, 20 versions without gap', async () => {
    await Promise.all(Array.from({ length: 20 }, () => append(one('any', 'any'))));
    const stored = await test.store.read('any');
    expect(stored.map(({ stream }) => stream?.version)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    const published = (await test.waiting()).filter(({ key }) => key === 'any');
    expect(published.map(({ headers }) => Number(headers['ce_streamversion']))).toEqual(
      stored.map((_, n) => n + 1),
    );
    expect(published.map(({ event_id: id }) => id)).toEqual(stored.map(({ id }) => id));
  });
});

describe('several streams', () => {
  it('are stored all or not at all', async () => {
    await append(one('all-a', 0), one('all-b', 0));
    await expect(append(one('all-a', 1), one('all-b', 5), one('all-c', 'any'))).rejects.toThrow(WrongVersion);
    expect([await version('all-a'), await version('all-b'), await version('all-c')]).toEqual([1, 1, 0]);
    expect((await test.waiting()).filter(({ key }) => key.startsWith('all-'))).toHaveLength(2);
  });

  it('asserts the version of a stream that is not written', async () => {
    await append(one('rule', 0));
    const asserted = (expected: Expected) =>
      append(one(`by-rule-${++commands}`, 'any'), { stream: 'rule', expected, events: [] });
    await asserted(1);
    await asserted('exists');
    await expect(asserted('no-stream')).rejects.toThrow(WrongVersion);
    await expect(asserted(2)).rejects.toThrow(WrongVersion);
    expect(await version('rule')).toBe(1);
  });

  it('I3 an asserted stream cannot move before the writer is done', async () => {
    await append(one('held', 0));
    const blocked =
      "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    const mover = Promise.withResolvers<unknown>();
    await test.database.transaction(async (tx) => {
      await test.store.append(tx, [one('by-held', 0), { stream: 'held', expected: 1, events: [] }], meta());
      mover.resolve(append(one('held', 1)));
      while ((await tx.query(blocked)).rows.length === 0);
    });
    expect(await mover.promise).toMatchObject({ events: [{ version: 2 }] });
  });

  it('crossing writers never wait in a circle, new streams and old', async () => {
    for (let round = 0; round < 8; round += 1) {
      const names = Array.from({ length: 6 }, (_, n) => `cross-${round}-${n}`);
      const writers = Array.from({ length: 16 }, (_, n) => {
        const turned = [...names.slice(n % 6), ...names.slice(0, n % 6)];
        const crossing = (n % 2 === 0 ? turned : turned.toReversed()).slice(0, 5);
        return append(...crossing.map((name) => one(name, 'any')));
      });
      await Promise.all(writers);
      const versions = await Promise.all(names.map(version));
      expect(versions.reduce((sum, each) => sum + each, 0)).toBe(80);
    }
  });

  it('writers of the same new streams, named in any order, queue instead of waiting in a circle', async () => {
    const waiting =
      "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    const streams = ['new-a', 'new-m', 'new-z'].map((name) => one(name, 'any'));
    const writers: Promise<unknown>[] = [];
    const held = test.database.transaction(async (tx) => {
      await tx.query("insert into stream values ('new-m', 0)");
      writers.push(append(...streams), append(...streams.toReversed()));
      while ((await tx.query(waiting)).rows.length < 2);
      throw new Error('let go');
    });
    await expect(held).rejects.toThrow('let go');
    await Promise.all(writers);
    expect(await Promise.all(streams.map(({ stream }) => version(stream)))).toEqual([2, 2, 2]);
  });
});

describe('the caller’s transaction', () => {
  it('goes on after a wrong version', async () => {
    const found = await test.database.transaction(async (tx) => {
      const error = await test.store.append(tx, [one('go-on', 3)], meta()).catch((wrong: unknown) => wrong);
      await test.store.append(tx, [one('go-on', 0)], meta());
      return error;
    });
    expect(found).toBeInstanceOf(WrongVersion);
    expect(await version('go-on')).toBe(1);
  });

  it('I1 a repeated command adds nothing, another payload is a conflict', async () => {
    const again = (stream: string) =>
      test.database.transaction((tx) => test.store.append(tx, [one(stream, 'any')], meta('same')));
    const first = await again('repeat');
    expect(await again('repeat')).toEqual({ ...first, replayed: true });
    await expect(again('other')).rejects.toThrow(IdempotencyConflict);
    expect([await version('repeat'), await version('other')]).toEqual([1, 0]);
  });
});

describe('reemit', () => {
  it('I3 puts the same records out again, in order', async () => {
    for (let n = 0; n < 3; n += 1) await append(one('again', n));
    expect(await test.store.reemit('again')).toBe(3);
    const published = (await test.waiting()).filter(({ key }) => key === 'again');
    const bare = published.map(({ topic, key, value, headers, timestamp }) => ({
      topic,
      key,
      value,
      headers,
      timestamp,
    }));
    expect(bare.slice(3)).toEqual(bare.slice(0, 3));
    expect(bare).toHaveLength(6);
  });

  it('puts a stream out whole where it has an event of the kind that is asked for, else not at all', async () => {
    for (let n = 0; n < 2; n += 1) await append(one('of-a-kind', n));
    const [first] = await test.store.read('of-a-kind');
    if (!first) throw new Error('none was stored');
    const [same, other] = [[first.name], ['opportunity.won'] as const];
    expect(await test.store.reemit('of-a-kind', other)).toBe(0);
    expect(await test.store.reemit('of-a-kind', same)).toBe(2);
    expect((await test.waiting()).filter(({ key }) => key === 'of-a-kind')).toHaveLength(4);
  });

  it('finds nothing where there is no stream', async () => expect(await test.store.reemit('nobody')).toBe(0));
});

it('I1 one command sent for many streams at once is stored once, and the others are told so', async () => {
  const same = meta();
  const answers = await Promise.allSettled(
    Array.from({ length: 10 }, (_, n) =>
      test.database.transaction((tx) => test.store.append(tx, [one(`same-${n}`, 'any')], same)),
    ),
  );
  const refused = answers.flatMap((it) => (it.status === 'rejected' ? [it.reason as unknown] : []));
  expect(refused).toHaveLength(9);
  const told = (error: unknown) => error instanceof StreamBusy || error instanceof IdempotencyConflict;
  expect(refused.filter((error) => !told(error))).toEqual([]);
});
