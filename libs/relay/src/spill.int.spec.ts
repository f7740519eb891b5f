import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fromRecord, sampleEvent, toRecord, type JourneyEvent } from '@throughline/contracts';
import { LogUnavailable } from '@throughline/log';
import { DoorFull, OutboxFull, Relay, Spill } from './index.ts';
import { BrokenLog, logs, relayKit, waitFor, type Behaviour, type RelayKit } from './testing/index.ts';

let kit: RelayKit;
let broken: BrokenLog;
let relay: Relay;
let spill: Spill;
beforeEach(async () => {
  kit = await relayKit('spill');
  broken = new BrokenLog(kit.log);
  relay = new Relay(kit.database, kit.log);
  spill = new Spill(kit.database, broken, { timeoutMs: 50, cap: 10 });
});
afterEach(async () => {
  await relay.stop();
  await kit.drop();
});

const touch = (n: number) => sampleEvent('touch.recorded', { sourceId: `touch-${n}` });
const touches = (count: number, from = 0) => Array.from({ length: count }, (_, n) => touch(from + n));
const account = (id: string) => sampleEvent('account.described', { sourceId: id, data: { account: id } });
const inLog = async () => (await kit.inLog('journey.touches')).map(fromRecord);
const ids = (events: readonly JourneyEvent[]) => events.map(({ sourceId }) => sourceId).sort();
const relayAll = async () => {
  while ((await relay.runOnce()) > 0);
};

describe('while the log is well', () => {
  it('I1 facts go straight to the log, and the receipts say where, in order', async () => {
    const sent = [touch(1), account('a-1'), touch(2), account('a-2')];
    const receipts = await spill.send(sent);
    expect(await kit.waiting()).toEqual([]);
    for (const [n, receipt] of receipts.entries()) {
      if (receipt === 'spilled') throw new Error('nothing was to spill');
      const found = (await kit.inLog(receipt.topic)).find(
        ({ partition, offset }) => partition === receipt.partition && offset === receipt.offset,
      );
      expect(found && fromRecord(found)).toEqual(sent[n]);
    }
  });

  it('takes nothing to send as nothing', async () => expect(await spill.send([])).toEqual([]));
});

describe('while it is away', () => {
  it.each<[Behaviour, number]>([
    ['refuse', 0],
    ['hang', 0],
    ['lose the answer', 4],
    ['store half', 2],
  ])(
    'I1 %s: all of the send spills as it is, and is in the log after, with %i duplicates',
    async (behaviour, twice) => {
      broken.plan = [behaviour];
      const sent = touches(4);
      expect(await spill.send(sent)).toEqual(Array(4).fill('spilled'));
      const waiting = await kit.waiting();
      expect(
        waiting.map(({ topic, key, value, headers, timestamp }) => ({
          topic,
          key,
          value,
          headers,
          timestamp: Number(timestamp),
        })),
      ).toEqual(sent.map(toRecord));
      expect(waiting.map(({ event_id: id }) => id)).toEqual(sent.map(({ id }) => id));
      await relayAll();
      const found = await inLog();
      expect(found).toHaveLength(4 + twice);
      expect([...new Set(ids(found))]).toEqual(ids(sent));
    },
  );

  it('I1 all that follows goes to the outbox without asking the log, until the relay got through', async () => {
    broken.plan = ['refuse'];
    await spill.send([touch(1)]);
    expect(spill.spilling).toBe(true);
    expect(await spill.send([touch(2), account('a-1')])).toEqual(['spilled', 'spilled']);
    expect(broken.asked).toEqual(['journey.touches']);
    await relayAll();
    expect(await spill.send([touch(3)])).toMatchObject([{ topic: 'journey.touches' }]);
    expect(spill.spilling).toBe(false);
    expect(ids(await inLog())).toEqual(['touch-1', 'touch-2', 'touch-3']);
  });

  it('what is still in the outbox does not hold up new facts once the first is through', async () => {
    broken.plan = ['refuse'];
    await spill.send([touch(1)]);
    await spill.send(touches(3, 2));
    const slow = new Relay(kit.database, kit.log, { batchSize: 1 });
    await slow.runOnce();
    await slow.stop();
    expect(await spill.send([touch(9)])).toMatchObject([{ topic: 'journey.touches' }]);
    expect(await kit.waiting()).toHaveLength(3);
  });

  it('spills again when it goes away again', async () => {
    for (const n of [1, 2, 3]) {
      broken.plan = ['refuse'];
      expect(await spill.send([touch(n)])).toEqual(['spilled']);
      await relayAll();
    }
    expect(ids(await inLog())).toEqual(['touch-1', 'touch-2', 'touch-3']);
  });

  it('I1 sends at once from several callers: none lost, none twice', async () => {
    broken.otherwise = 'refuse';
    const wide = new Spill(kit.database, broken, { timeoutMs: 50 });
    await Promise.all(Array.from({ length: 20 }, (_, n) => wide.send(touches(5, n * 5))));
    await relayAll();
    expect(ids(await inLog())).toEqual(ids(touches(100)));
  });

  it('only the topic that failed spills', async () => {
    broken.plan = ['refuse', 'well'];
    expect(await spill.send([touch(1), account('a-1')])).toMatchObject([
      'spilled',
      { topic: 'journey.identities' },
    ]);
  });
});

describe('callers at the same time', () => {
  it('I1 share one send; each receipt says where its own event is', async () => {
    const all = [...touches(20), account('a-1')];
    const receipts = await Promise.all(all.map((event) => spill.send([event])));
    expect(broken.asked).toEqual(['journey.touches', 'journey.identities']);
    for (const [n, [receipt]] of receipts.entries()) {
      if (receipt === undefined || receipt === 'spilled') throw new Error('nothing was to spill');
      const found = (await kit.inLog(receipt.topic)).find(
        ({ partition, offset }) => partition === receipt.partition && offset === receipt.offset,
      );
      expect(found && fromRecord(found)).toEqual(all[n]);
    }
  });

  it.each<Behaviour>(['refuse', 'hang', 'lose the answer', 'store half'])(
    'I1 %s: everything of everyone in the group spills, and who came while it was in hand asks the log no more',
    async (behaviour) => {
      broken.plan = [behaviour];
      const first = [spill.send(touches(2)), spill.send(touches(2, 2)), spill.send([account('a-1')])];
      await waitFor(() => broken.asked.length === 2);
      const behind = [spill.send(touches(2, 4)), spill.send([touch(6)])];
      expect(await Promise.all(first)).toEqual([
        ['spilled', 'spilled'],
        ['spilled', 'spilled'],
        [expect.objectContaining({ topic: 'journey.identities' })],
      ]);
      expect((await Promise.all(behind)).flat()).toEqual(['spilled', 'spilled', 'spilled']);
      expect(broken.asked).toEqual(['journey.touches', 'journey.identities']);
      await relayAll();
      expect([...new Set(ids(await inLog()))]).toEqual(ids(touches(7)));
    },
  );

  it('past what may wait one is refused, with nothing taken, and is taken when there is room', async () => {
    const limits = { group: { items: 2, bytes: 1e6 }, waiting: { items: 3, bytes: 1e6 } };
    const narrow = new Spill(kit.database, broken, { limits });
    const taken = [narrow.send(touches(2)), narrow.send([touch(2)])];
    await expect(narrow.send([touch(3)])).rejects.toThrow(DoorFull);
    await Promise.all(taken);
    await narrow.send([touch(3)]);
    expect(ids(await inLog())).toEqual(ids(touches(4)));
  });
});

describe('the cap', () => {
  it('I1 refuses a send that would go over it, whole, and takes again when there is room', async () => {
    broken.otherwise = 'refuse';
    await spill.send(touches(8));
    await expect(spill.send(touches(3, 8))).rejects.toThrow(OutboxFull);
    expect(await kit.waiting()).toHaveLength(8);
    await spill.send(touches(2, 8));
    await expect(spill.send([touch(10)])).rejects.toMatchObject({
      retriable: true,
      cap: 10,
    });
    await relayAll();
    broken.otherwise = 'well';
    await spill.send([touch(10)]);
    expect(ids(await inLog())).toEqual(ids(touches(11)));
  });
});

describe('the embedded log', () => {
  it('I1 has nothing to spill to: its failure is the answer, and nothing is taken', async () => {
    const embedded = await relayKit('spill embedded', logs.postgres);
    const log = new BrokenLog(embedded.log);
    const direct = new Spill(embedded.database, log, { timeoutMs: 50 });
    for (const behaviour of ['refuse', 'hang'] as const) {
      log.plan = [behaviour];
      await expect(direct.send([touch(1)])).rejects.toThrow(LogUnavailable);
    }
    expect(direct.spilling).toBe(false);
    expect(await embedded.waiting()).toEqual([]);
    expect(await new Spill(embedded.database, log).send([touch(1)])).toMatchObject([
      { topic: 'journey.touches' },
    ]);
    await embedded.drop();
  });

  it('I1 what PostgreSQL will never take fails alone: who was in its group is durable', async () => {
    const embedded = await relayKit('spill embedded', logs.postgres);
    const direct = new Spill(embedded.database, embedded.log);
    const outcomes = await Promise.allSettled([
      direct.send([touch(1), account('a-1')]),
      direct.send([account('a\0')]),
      direct.send([account('a-2')]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const kept = (await embedded.inLog('journey.identities')).map(({ key }) => key);
    expect([...new Set(kept)].sort()).toEqual(['a-1', 'a-2']);
    await embedded.drop();
  });

  it('I1 no answer is no answer for everyone in the group', async () => {
    const embedded = await relayKit('spill embedded', logs.postgres);
    const log = new BrokenLog(embedded.log);
    const direct = new Spill(embedded.database, log);
    log.plan = ['lose the answer'];
    const group = [direct.send([touch(1)]), direct.send([touch(2)]), direct.send([account('a-1')])];
    const outcomes = await Promise.allSettled(group);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    await embedded.drop();
  });
});
