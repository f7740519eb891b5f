import assert from 'node:assert/strict';
import { Collector, eventually, type Positions } from './collector.ts';
import type { ContractCase } from './log-contract.ts';
import { record, texts, type LogKit } from './log-kit.ts';

const numbered = (count: number, label = '') =>
  Array.from({ length: count }, (_, at) => record('k', `${label}${at}`));

/** Applies what is there and stops, so that positions stand at the end. */
async function applyAll(kit: LogKit, topic: string, positions: Positions, count: number): Promise<void> {
  const collector = new Collector('halting', [topic], positions);
  const running = await kit.connect().subscribe(collector);
  await collector.waitFor(({ records }) => records.length === count, `${count} records`);
  await running.stop();
}

/** Subscribes and expects the one partition to halt for this reason with nothing delivered. */
async function assertHalts(kit: LogKit, topic: string, positions: Positions, reason: RegExp): Promise<void> {
  const collector = new Collector('halting', [topic], positions);
  const running = await kit.connect().subscribe(collector);
  const before = positions.get(`${topic}/0`);
  await collector.waitFor(
    ({ halts, records }) => halts.size > 0 || records.length > 0,
    'the partition to halt',
  );
  assert.deepEqual(texts(collector.records), [], 'nothing is delivered past the hole');
  assert.match(collector.halts.get(`${topic}/0`) ?? '', reason);
  assert.match(running.owned()[0]?.halted ?? '', reason);
  await running.stop();
  assert.deepEqual(positions.get(`${topic}/0`), before, 'the position stands');
}

export const halting: readonly ContractCase[] = [
  {
    name: 'a position behind deleted records halts',
    async run(kit) {
      const topic = await kit.topic(1);
      const positions: Positions = new Map();
      await kit.connect().send(topic, numbered(4));
      await applyAll(kit, topic, positions, 4);
      await kit.connect().send(topic, numbered(6));
      await kit.deleteBefore(topic, 0, 7n);
      await assertHalts(kit, topic, positions, /behind the first record kept, 7/);
    },
  },
  {
    name: 'a position past the end halts',
    async run(kit) {
      const topic = await kit.topic(1);
      await kit.connect().send(topic, numbered(4));
      const positions: Positions = new Map([[`${topic}/0`, { next: 9n, fingerprint: null }]]);
      await assertHalts(kit, topic, positions, /past the end, 4/);
    },
  },
  {
    name: 'a topic made anew halts',
    async run(kit) {
      const topic = await kit.topic(1);
      const positions: Positions = new Map();
      await kit.connect().send(topic, numbered(4));
      await applyAll(kit, topic, positions, 4);
      await kit.recreate(topic, 1);
      await kit.connect().send(topic, numbered(8, 'another '));
      await assertHalts(kit, topic, positions, /made anew/);
    },
  },
  {
    name: 'a halted partition does not stop the others, and goes on when mended',
    async run(kit) {
      const topic = await kit.topic(2);
      const keys = Array.from({ length: 20 }, (_, at) => record(`key-${at}`, `${at}`));
      const placements = await kit.connect().send(topic, keys);
      const ofFirst = placements.filter(({ partition }) => partition === 0).length;
      const positions: Positions = new Map([[`${topic}/0`, { next: 99n, fingerprint: null }]]);
      const collector = new Collector('halting', [topic], positions);
      const running = await kit.connect().subscribe(collector);
      await collector.waitFor(
        ({ halts, records }) => halts.size === 1 && records.length === 20 - ofFirst,
        'one to halt and the other to go on',
      );
      await eventually('two owned', () => running.owned().length === 2);
      positions.delete(`${topic}/0`);
      await collector.waitFor(({ records }) => records.length === 20, 'the mended partition');
      assert.ok(running.owned().every(({ halted }) => halted === undefined));
      await running.stop();
    },
  },
];
