import assert from 'node:assert/strict';
import { LogUnavailable, TopicMismatch, TopicMissing } from '../log.error.ts';
import type { LogRecord } from '../log.ts';
import { partitionOf } from '../partition-of.ts';
import { readAll } from '../read-all.ts';
import { Collector } from './collector.ts';
import type { ContractCase } from './log-contract.ts';
import { record, texts, type LogKit } from './log-kit.ts';

export const sending: readonly ContractCase[] = [
  {
    name: 'records of one key keep their order',
    async run(kit) {
      const topic = await kit.topic(3);
      const log = kit.connect();
      for (let send = 0; send < 3; send += 1) {
        const keys = ['lead-1', 'lead-2', 'lead-3'];
        await log.send(
          topic,
          Array.from({ length: 30 }, (_, at) => record(keys[at % 3] ?? '', `${send * 30 + at}`)),
        );
      }
      const byKey = Map.groupBy(await all(kit, topic), ({ key }) => key);
      assert.equal(byKey.size, 3);
      for (const [key, records] of byKey) {
        const numbers = texts(records).map(Number);
        assert.deepEqual(
          numbers,
          numbers.toSorted((a, b) => a - b),
          `the order of ${key}`,
        );
        assert.equal(numbers.length, 30);
      }
    },
  },
  {
    name: 'sends at once store a key in the order they were asked for',
    async run(kit) {
      const topic = await kit.topic(3);
      const log = kit.connect();
      const placed = await Promise.all(
        Array.from({ length: 60 }, (_, at) => log.send(topic, [record(`lead-${at % 2}`, `${at}`)])),
      );
      const records = await all(kit, topic);
      assert.equal(records.length, 60);
      for (const [key, own] of Map.groupBy(records, (it) => it.key)) {
        const numbers = texts(own).map(Number);
        assert.deepEqual(
          numbers,
          numbers.toSorted((a, b) => a - b),
          `the order of ${key}`,
        );
      }
      for (const it of records) {
        const [placement] = placed[Number(texts([it])[0])] ?? [];
        assert.deepEqual([placement?.partition, placement?.offset], [it.partition, it.offset]);
      }
    },
  },
  {
    name: 'offsets are dense, and those that send answered',
    async run(kit) {
      const topic = await kit.topic(3);
      const log = kit.connect();
      const keys = Array.from({ length: 40 }, (_, at) => `key-${at}`);
      const placements = await log.send(
        topic,
        keys.map((key) => record(key, key)),
      );
      const records = await all(kit, topic);
      const found = new Map(records.map((it) => [it.key, `${it.partition}:${it.offset}`]));
      keys.forEach((key, at) => {
        assert.equal(found.get(key), `${placements[at]?.partition}:${placements[at]?.offset}`);
      });
      for (const [partition, own] of Map.groupBy(records, (it) => it.partition)) {
        assert.deepEqual(
          own.map(({ offset }) => offset),
          own.map((_, at) => BigInt(at)),
          `of ${partition}`,
        );
      }
      const marks = await log.marks(topic);
      assert.equal(
        marks.reduce((sum, { high }) => sum + high, 0n),
        40n,
      );
      assert.ok(marks.every(({ low }) => low === 0n));
    },
  },
  {
    name: 'key, value, headers and time come back byte for byte',
    async run(kit) {
      const topic = await kit.topic(1);
      const sent = {
        key: '["visitor","ü-1 \\ \u2028 😀"]',
        value: Buffer.from([0, 1, 2, 255, 254, 10, 13, 92, 34, 0]),
        headers: {
          ce_id: 'a "quoted" id',
          ce_source: '/crm/ü 😀',
          traceparent: '',
          'content-type': 'application/json',
        },
        timestamp: 1_790_000_000_123,
      };
      await kit.connect().send(topic, [sent, { ...sent, value: Buffer.alloc(0), headers: {} }]);
      const collector = new Collector('bytes', [topic]);
      const running = await kit.connect().subscribe(collector);
      await collector.waitFor(({ records }) => records.length === 2, '2 records');
      await running.stop();
      for (const records of [collector.records, await all(kit, topic)]) {
        assert.deepEqual(plain(records[0]), plain({ ...sent, topic, partition: 0, offset: 0n }));
        assert.equal(records[1]?.value.length, 0);
        assert.deepEqual({ ...records[1]?.headers }, {});
      }
    },
  },
  {
    name: 'a key has the same partition on every log',
    async run(kit) {
      const topic = await kit.topic(12);
      const keys = ['21', 'foobar', 'lead-1', '["visitor","v","person","p"]', 'ünï-😀'];
      const placements = await kit.connect().send(
        topic,
        keys.map((key) => record(key, key)),
      );
      assert.deepEqual(
        placements.map((it) => it.partition),
        keys.map((key) => partitionOf(key, 12)),
      );
      for (const it of await all(kit, topic)) assert.equal(it.partition, partitionOf(it.key, 12));
    },
  },
  {
    name: 'a send without an answer is LogUnavailable, and the next one goes through',
    async run(kit) {
      const topic = await kit.topic(1);
      const { log, silence, restore } = await kit.connectSilenceable();
      await log.send(topic, [record('k', 'before')]);
      await silence();
      await assert.rejects(log.send(topic, [record('k', 'lost?')], { timeoutMs: 300 }), LogUnavailable);
      await restore();
      await log.send(topic, [record('k', 'after')], { timeoutMs: 5_000 });
      const found = texts(await all(kit, topic));
      assert.equal(found[0], 'before');
      assert.equal(found.at(-1), 'after');
    },
  },
  {
    name: 'a missing topic is refused by name',
    async run(kit) {
      const log = kit.connect();
      const topic = 'journey.nowhere';
      const missing = (error: unknown) => error instanceof TopicMissing && error.message.includes(topic);
      await assert.rejects(log.send(topic, [record('k', 'v')]), missing);
      await assert.rejects(log.marks(topic), missing);
      await assert.rejects(log.checkTopics([{ name: topic, partitions: 3 }]), missing);
    },
  },
  {
    name: 'wrong topic settings are refused by topic, setting and wanted value',
    async run(kit) {
      const { topic, setting, wanted } = await kit.misconfigured();
      const named = (error: unknown) =>
        error instanceof TopicMismatch &&
        [topic.name, setting, wanted].every((part) => error.message.includes(part));
      const log = kit.connect();
      await assert.rejects(log.checkTopics([topic]), named);
      await assert.rejects(log.createTopics([topic]), named);
    },
  },
  {
    name: 'a late commit is never skipped',
    kinds: ['postgres'],
    async run(kit) {
      const topic = await kit.topic(1);
      const log = kit.connect();
      const collector = new Collector('late', [topic]);
      const running = await log.subscribe(collector);
      const open = await kit.appendOpen?.(topic, [record('k', 'first, committed late')]);
      const second = log.send(topic, [record('k', 'second')]);
      // A log that lets the second past the first has delivered it by now; this one keeps it waiting.
      const early = collector.waitFor(({ records }) => records.length > 0, 'any').catch(() => undefined);
      await Promise.race([early, later(500)]);
      await open?.commit();
      await second;
      await log.send(topic, [record('k', 'third')]);
      await collector.waitFor(({ records }) => texts(records).includes('third'), 'the third');
      await running.stop();
      assert.deepEqual(texts(collector.records), ['first, committed late', 'second', 'third']);
    },
  },
  {
    name: 'a send larger than a request arrives whole and in order',
    async run(kit) {
      const topic = await kit.topic(1);
      const padding = 'x'.repeat(3_000);
      const sent = Array.from({ length: 900 }, (_, at) => `${at} ${padding}`);
      const placements = await kit.connect().send(
        topic,
        sent.map((text) => record('k', text)),
      );
      assert.deepEqual(
        placements.map(({ offset }) => offset),
        sent.map((_, at) => BigInt(at)),
      );
      assert.deepEqual(texts(await all(kit, topic)), sent);
    },
  },
  {
    name: 'read gives exactly the range',
    async run(kit) {
      const topic = await kit.topic(1);
      const log = kit.connect();
      await log.send(
        topic,
        Array.from({ length: 50 }, (_, at) => record('k', `${at}`)),
      );
      const sizes: number[] = [];
      const found: string[] = [];
      for await (const batch of log.read({ topic, partition: 0, from: 7n, to: 31n, batchSize: 10 })) {
        sizes.push(batch.records.length);
        found.push(...texts(batch.records));
        assert.equal(batch.high, 50n);
      }
      assert.deepEqual(
        found,
        Array.from({ length: 24 }, (_, at) => `${at + 7}`),
      );
      assert.ok(sizes.every((size) => size <= 10));
    },
  },
];

async function all(kit: LogKit, topic: string): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const batch of readAll(kit.connect(), topic)) records.push(...batch.records);
  return records;
}

function plain(it: LogRecord | undefined): unknown {
  return it && { ...it, value: it.value.toString('hex'), headers: { ...it.headers } };
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
