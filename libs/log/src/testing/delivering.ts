import assert from 'node:assert/strict';
import { START } from '../log.ts';
import { Collector, eventually, type Positions } from './collector.ts';
import type { ContractCase } from './log-contract.ts';
import { record, texts } from './log-kit.ts';

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => record('k', `${from + at}`));
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `${from + at}`);

export const delivering: readonly ContractCase[] = [
  {
    name: 'the stored position is the only start',
    async run(kit) {
      const topic = await kit.topic(1);
      const sender = kit.connect();
      const positions: Positions = new Map();
      const follow = async (until: number) => {
        const log = kit.connect();
        const collector = new Collector('restart', [topic], positions);
        const running = await log.subscribe(collector);
        await collector.waitFor(
          ({ records }) => texts(records).includes(`${until - 1}`),
          `record ${until - 1}`,
        );
        await running.stop();
        await log.close();
        return texts(collector.records);
      };
      await sender.send(topic, numbered(0, 10));
      assert.deepEqual(await follow(10), numbers(0, 10));
      await sender.send(topic, numbered(10, 15));
      assert.deepEqual(await follow(15), numbers(10, 15), 'goes on exactly');
      positions.set(`${topic}/0`, { next: 4n, fingerprint: null });
      assert.deepEqual(await follow(15), numbers(4, 15), 'a rewound position is served');
      positions.set(`${topic}/0`, START);
      assert.deepEqual(await follow(15), numbers(0, 15), 'the start too');
    },
  },
  {
    name: 'a failed handler moves nothing and the same records come again',
    async run(kit) {
      const topic = await kit.topic(1);
      let failures = 0;
      const fail = () => {
        failures += 1;
        // A TypeError on purpose: kafkajs takes one for a crash when it meets it.
        if (failures <= 3) throw new TypeError('the handler failed');
      };
      const collector = new Collector('failing', [topic], new Map(), { before: fail });
      const running = await kit.connect().subscribe(collector);
      await kit.connect().send(topic, numbered(0, 5));
      await eventually('the reason is told', () => running.owned()[0]?.failing === 'the handler failed');
      await collector.waitFor(({ records }) => records.length >= 5, '5 records');
      await eventually('and forgotten', () => running.owned()[0]?.failing === undefined);
      await running.stop();
      assert.deepEqual(texts(collector.records), numbers(0, 5));
      const [first] = collector.batches;
      for (const again of collector.batches.slice(0, 4)) {
        assert.equal(again.records[0]?.offset, first?.records[0]?.offset);
      }
    },
  },
  {
    name: 'a repeat never moves the position back',
    async run(kit) {
      const topic = await kit.topic(1);
      await kit.connect().send(topic, numbered(0, 4));
      let failed = false;
      const answerLost = () => {
        if (failed || collector.records.length < 4) return;
        failed = true;
        throw new Error('the answer to COMMIT was lost');
      };
      const collector = new Collector('repeat', [topic], new Map(), { after: answerLost });
      const running = await kit.connect().subscribe(collector);
      await collector.waitFor(() => failed, 'the lost answer');
      await kit.connect().send(topic, numbered(4, 6));
      await collector.waitFor(({ records }) => texts(records).includes('5'), 'the last record');
      await running.stop();
      const stored = collector.stored.map(({ next }) => next);
      assert.deepEqual(
        stored,
        stored.toSorted((a, b) => (a < b ? -1 : 1)),
        `positions ${stored.join()}`,
      );
      assert.deepEqual(texts(collector.records), numbers(0, 6));
    },
  },
  {
    name: 'stop finishes the batch in hand',
    async run(kit) {
      const topic = await kit.topic(1);
      await kit.connect().send(topic, numbered(0, 3));
      const release = Promise.withResolvers<undefined>();
      const collector = new Collector('stopping', [topic], new Map(), {
        before: async () => void (await release.promise),
      });
      const running = await kit.connect().subscribe(collector);
      await collector.waitFor(({ batches }) => batches.length === 1, 'a batch in hand');
      const stopped = running.stop();
      assert.equal(collector.stored.length, 0);
      release.resolve(undefined);
      await stopped;
      assert.equal(collector.stored.length, 1, 'the batch in hand was finished');
      assert.equal(running.owned().length, 0);
    },
  },
  {
    name: 'the second subscriber of a group takes over when the first ends',
    async run(kit) {
      const topic = await kit.topic(2);
      const positions: Positions = new Map();
      const [one, two] = [
        new Collector('takeover', [topic], positions),
        new Collector('takeover', [topic], positions),
      ];
      const [first, second] = [kit.connect(), kit.connect()];
      const running = await first.subscribe(one);
      await eventually('the first owns all', () => running.owned().length === 2);
      const other = await second.subscribe(two);
      await eventually('each owns one', () => running.owned().length === 1 && other.owned().length === 1);
      const keys = Array.from({ length: 20 }, (_, at) => record(`key-${at}`, `${at}`));
      await kit.connect().send(topic, keys);
      const both = () => one.records.length + two.records.length;
      await eventually('20 records', () => both() === 20);
      assert.ok(one.records.length > 0 && two.records.length > 0, 'both apply some');
      await first.close();
      await eventually('the second owns all', () => other.owned().length === 2);
      await kit.connect().send(topic, keys);
      await eventually('40 records', () => both() === 40);
      await other.stop();
      const seen = [...one.records, ...two.records].map(({ partition, offset }) => `${partition}:${offset}`);
      assert.equal(new Set(seen).size, 40, 'each once');
    },
  },
];
