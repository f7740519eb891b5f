import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fromRecord } from '@throughline/contracts';
import { DomainError } from '@throughline/decider';
import { IdempotencyConflict, StreamBusy, WrongVersion } from './index.ts';
import {
  capture,
  fixture,
  fixtureMeta as meta,
  followUp,
  testStore,
  type TestStore,
} from './testing/index.ts';

let test: TestStore;
beforeAll(async () => void (test = await testStore('handle')));
afterAll(() => test.drop());

const handle = (stream: string, command = capture, changes = {}) =>
  test.store.handle({ ...fixture, stream, command, meta: meta(changes) });

describe('one command', () => {
  it('I3 stores what it causes as versions 1..N and publishes each once, as the same event', async () => {
    const traced = {
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      tracestate: 'v=1',
      inferred: ['source'],
    };
    await handle('lead-1', capture, traced);
    const { version, events, replayed } = await handle('lead-1', followUp('no answer', 'interested'));
    expect({ version, replayed, names: events.map(({ name }) => name) }).toEqual({
      version: 3,
      replayed: false,
      names: ['lead.followed-up', 'lead.followed-up'],
    });
    const stored = await test.store.read('lead-1');
    expect(stored.map(({ stream }) => stream?.version)).toEqual([1, 2, 3]);
    expect(stored[0]).toMatchObject({
      ...traced,
      precision: 'instant',
      recordedAt: '2026-03-01T09:30:01.000Z',
    });
    const published = (await test.waiting()).filter(({ key }) => key === 'lead-1');
    expect(published.map((record) => fromRecord({ ...record, timestamp: Number(record.timestamp) }))).toEqual(
      stored,
    );
    expect(await test.store.find(stored[1]?.id ?? '')).toEqual(stored[1]);
  });

  it('answers with no events when it is already so', async () => {
    await handle('lead-2');
    await handle('lead-2', followUp('interested'));
    const again = await handle('lead-2', followUp('interested'));
    expect(again).toEqual({ stream: 'lead-2', version: 2, events: [], replayed: false });
  });

  it('stores nothing when it is refused, and may be sent again under its id', async () => {
    await expect(handle('lead-3', followUp('x'), { commandId: 'early' })).rejects.toThrow(DomainError);
    expect(await test.store.exists('lead-3')).toBe(false);
    await handle('lead-3');
    expect(await handle('lead-3', followUp('x'), { commandId: 'early' })).toMatchObject({
      version: 2,
      replayed: false,
    });
  });

  it('an undated command makes undated events', async () => {
    await handle('lead-4', capture, { occurredAt: null });
    expect(await test.store.read('lead-4')).toMatchObject([{ occurredAt: null, precision: 'unknown' }]);
  });
});

describe('a command id', () => {
  it('I1 gives the same answer to the same payload for ever, and stores it once', async () => {
    const first = await handle('lead-10', capture, { commandId: 'k1' });
    await handle('lead-10', followUp('later'));
    const later = { commandId: 'k1', recordedAt: '2027-01-01T00:00:00.000Z', expected: 0 };
    expect(await handle('lead-10', capture, later)).toEqual({ ...first, replayed: true });
    expect(await test.store.read('lead-10')).toHaveLength(2);
  });

  it('holds one payload', async () => {
    await handle('lead-11', capture, { commandId: 'k2' });
    await expect(handle('lead-11', followUp('x'), { commandId: 'k2' })).rejects.toThrow(IdempotencyConflict);
    await expect(handle('lead-12', capture, { commandId: 'k2' })).rejects.toThrow(IdempotencyConflict);
    expect(await test.store.exists('lead-12')).toBe(false);
  });

  it('belongs to its source', async () => {
    await handle('lead-13', capture, { commandId: 'k3' });
    expect(
      await handle('lead-14', capture, { commandId: 'k3', source: 'https://other.example' }),
    ).toMatchObject({
      replayed: false,
    });
  });

  it('I1 sent 10 times at once is stored once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => handle('lead-15', capture, { commandId: 'k4' })),
    );
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(answers.map(({ events }) => events[0]?.id)).size).toBe(1);
    expect(await test.store.read('lead-15')).toHaveLength(1);
  });

  it('sent at once for two streams is stored for one', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => handle(`lead-16-${n}`, capture, { commandId: 'k5' })),
    );
    const refused = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as unknown] : [],
    );
    expect(refused).toHaveLength(9);
    expect(refused.every((error) => error instanceof IdempotencyConflict)).toBe(true);
  });
});

describe('writers of one stream', () => {
  it('I3 with If-Match: of 20 at once one is stored, the others are told the version', async () => {
    await handle('lead-20');
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => handle('lead-20', followUp(`o${n}`), { expected: 1 })),
    );
    const stored = await test.store.read('lead-20');
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(stored.length - 1);
    expect(stored).toHaveLength(2);
    for (const answer of answers) {
      if (answer.status === 'rejected')
        expect(answer.reason).toMatchObject({ name: 'WrongVersion', expected: 1, actual: 2 });
    }
  });

  it('I3 without: successes are what is stored, versions without gap; the rest is told to come again', async () => {
    await handle('lead-21');
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => handle('lead-21', followUp(`o${n}`))),
    );
    const stored = await test.store.read('lead-21');
    expect(stored.map(({ stream }) => stream?.version)).toEqual(stored.map((_, n) => n + 1));
    const accepted = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value.events : []));
    expect(accepted.map(({ id }) => id).sort()).toEqual(
      stored
        .slice(1)
        .map(({ id }) => id)
        .sort(),
    );
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toBeInstanceOf(StreamBusy);
  });

  it('If-Match knows no-stream and exists', async () => {
    await expect(handle('lead-22', capture, { expected: 'exists' })).rejects.toThrow(WrongVersion);
    await handle('lead-22', capture, { expected: 'no-stream' });
    await expect(handle('lead-22', followUp('x'), { expected: 'no-stream' })).rejects.toThrow(WrongVersion);
    expect(await handle('lead-22', followUp('x'), { expected: 'exists' })).toMatchObject({ version: 2 });
  });
});

describe("in the caller's transaction", () => {
  it('is gone with it', async () => {
    const rolledBack = test.database.transaction(async (tx) => {
      await test.store.handle({ ...fixture, stream: 'lead-30', command: capture, meta: meta(), tx });
      throw new Error('the caller gives up');
    });
    await expect(rolledBack).rejects.toThrow('gives up');
    expect(await test.store.exists('lead-30')).toBe(false);
  });
});
