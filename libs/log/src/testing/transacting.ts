import assert from 'node:assert/strict';
import { readAll } from '../read-all.ts';
import { Collector, eventually, type Positions } from './collector.ts';
import type { ContractCase } from './log-contract.ts';
import { record, texts, type LogKit, type OpenTransaction } from './log-kit.ts';

const numbered = (label: string, count = 3) =>
  Array.from({ length: count }, (_, at) => record('k', `${label} ${at}`));

/** A topic of one partition with plain records and transactions of both ends between them. */
async function mixed(kit: LogKit): Promise<{ topic: string; kept: string[] }> {
  const topic = await kit.topic(1);
  const log = kit.connect();
  const kept: string[] = [];
  for (const end of ['commit', 'abort', 'abort', 'commit', 'abort'] as const) {
    const label = `${end} ${kept.length}`;
    const plain = numbered(`plain ${kept.length}`, 1);
    const transaction = await begin(kit, topic, label);
    await log.send(topic, plain);
    await transaction[end]();
    const sent = end === 'commit' ? [...numbered(label), ...plain] : plain;
    kept.push(...texts(sent.map((one) => ({ ...one }))));
  }
  return { topic, kept };
}

function begin(kit: LogKit, topic: string, label: string): Promise<OpenTransaction> {
  assert.ok(kit.transact, 'the log has transactions');
  return kit.transact(topic, numbered(label));
}

export const transacting: readonly ContractCase[] = [
  {
    name: 'what a transaction took back is never delivered, and its markers are no records',
    kinds: ['kafka'],
    async run(kit) {
      const { topic, kept } = await mixed(kit);
      const collector = new Collector('transacting', [topic]);
      const running = await kit.connect().subscribe(collector);
      const [mark] = await kit.connect().marks(topic);
      await collector.waitFor(({ stored }) => stored.at(-1)?.next === mark?.high, 'the end of the log');
      await running.stop();
      assert.deepEqual(texts(collector.records), kept);
      assert.deepEqual([...collector.halts], []);
      const offsets = collector.passed.reduce((sum, { first, next }) => sum + next - first, 0n);
      assert.equal(offsets + BigInt(kept.length), mark?.high, 'every offset is a record or passed');
      assert.ok(collector.passed.every(({ kind }) => kind === 'transaction'));
      const read: string[] = [];
      for await (const batch of readAll(kit.connect(), topic)) read.push(...texts(batch.records));
      assert.deepEqual(read, kept, 'readers without a group');
    },
  },
  {
    name: 'a position behind a marker is proven when it is taken up, and a topic made anew halts there',
    kinds: ['kafka'],
    async run(kit) {
      const topic = await kit.topic(1);
      const positions: Positions = new Map();
      await (await begin(kit, topic, 'first')).commit();
      const first = new Collector('markers', [topic], positions);
      const before = await kit.connect().subscribe(first);
      await first.waitFor(({ stored }) => stored.at(-1)?.next === 4n, 'the marker');
      await before.stop();
      await kit.connect().send(topic, numbered('after', 1));
      const second = new Collector('markers', [topic], positions);
      const after = await kit.connect().subscribe(second);
      await second.waitFor(({ records }) => records.length === 1, 'what came after the marker');
      await after.stop();
      positions.set(`${topic}/0`, { next: 4n, fingerprint: first.passed.at(-1)?.fingerprint ?? null });
      await kit.recreate(topic, 1);
      await (await begin(kit, topic, 'other')).commit();
      const third = new Collector('markers', [topic], positions);
      const anew = await kit.connect().subscribe(third);
      await third.waitFor(({ halts }) => halts.size > 0, 'it to halt');
      assert.match(third.halts.get(`${topic}/0`) ?? '', /made anew/);
      await anew.stop();
    },
  },
  {
    name: 'an open transaction holds back what comes after it, the marks say so, and its end lets it go',
    kinds: ['kafka'],
    async run(kit) {
      const topic = await kit.topic(1);
      const log = kit.connect();
      await log.send(topic, numbered('before', 1));
      const open = await begin(kit, topic, 'open');
      await log.send(topic, numbered('behind', 1));
      const collector = new Collector('open', [topic]);
      const running = await kit.connect().subscribe(collector);
      await collector.waitFor(({ records }) => records.length === 1, 'what was before');
      assert.deepEqual(await log.marks(topic), [{ partition: 0, low: 0n, high: 1n, end: 5n }]);
      await open.abort();
      await collector.waitFor(({ records }) => records.length === 2, 'what was behind');
      assert.deepEqual(texts(collector.records), ['before 0', 'behind 0']);
      await eventually('the marks to meet', async () => (await log.marks(topic))[0]?.end === undefined);
      await running.stop();
    },
  },
];
