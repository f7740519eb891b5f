import { setTimeout as pause } from 'node:timers/promises';
import { sampleEvent, toRecord, type TOPICS } from '@throughline/contracts';
import { kafkaLog, partitionOf, type Log } from '@throughline/log';
import kafkajs, { type Admin } from 'kafkajs';
import { readProjection } from '../judge/collect.ts';
import { PARTITIONS, type Instance, type World } from '../runner/world.ts';
import type { Loss } from './fault.ts';

type Topic = (typeof TOPICS)[number];

const HALT_MS = 90_000;
const LOOK_MS = 500;
const needs = 'kafka';

/** What reads the log: by which process and check it says that it halts, and where it keeps what it took. */
const readers = [
  {
    ...{ processes: ['journeys', 'journeys-2'], check: 'journeys.projection' },
    ...{ database: 'journeys', name: 'journeys' },
  },
  {
    ...{ processes: ['attribution'], check: 'attribution.evidence' },
    ...{ database: 'attribution', name: 'attribution' },
  },
  {
    ...{ processes: ['attribution'], check: 'attribution.reactor' },
    ...{ database: 'attribution', name: 'credit_deals_when_journeys_change' },
  },
] as const satisfies readonly Reader[];

interface Reader {
  readonly processes: readonly Instance[];
  readonly check: string;
  readonly database: 'journeys' | 'attribution';
  readonly name: string;
}

/** Fault 22: the log is not what it was. A reader must halt and say so; it never jumps, and all else goes on. */
export const losses: readonly Loss[] = [
  {
    ...{ number: 22, name: 'records-deleted', needs },
    what: 'records that no reader had are deleted from a partition of the log',
    heals: 'by an operator only; its readers halt and name the first record kept',
    async bring(world) {
      const topic: Topic = 'journey.touches';
      const { journeys, 'journeys-2': second, attribution } = world.services;
      const reading = [journeys, second, attribution];
      for (const reader of reading) await reader.end('SIGTERM');
      return withKafka(world, async (log, admin) => {
        await send(log, topic, 'unread', everyPartition);
        const [lost] = (await log.marks(topic)).filter(({ high }) => high > 0n);
        if (!lost) return [`${topic} is empty: nothing could be deleted`];
        await admin.fetchTopicOffsets(topic); // loads the metadata that the next call takes for granted
        const { partition, high } = lost;
        await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: `${high}` }] });
        for (const reader of reading) await reader.start();
        const halted = await notHalted(world, topic, [partition], /first record kept/);
        return [...halted, ...(await goesOn(world, log, topic, partition))];
      });
    },
  },
  {
    ...{ number: 22, name: 'topic-made-anew', needs },
    what: 'a topic is deleted and made anew under its readers, and filled past their positions',
    heals: 'by an operator only; its readers halt and say that it is another log',
    async bring(world) {
      const topic: Topic = 'journey.opportunities';
      return withKafka(world, async (log, admin) => {
        const read = (await log.marks(topic)).filter(({ high }) => high > 0n);
        const before = await Promise.all(readers.map((reader) => appliedBy(reader, world, topic)));
        await admin.deleteTopics({ topics: [topic] });
        while ((await admin.listTopics()).includes(topic)) await pause(LOOK_MS);
        await log.createTopics([{ name: topic, partitions: PARTITIONS }]);
        const highest = Math.max(...read.map(({ high }) => Number(high)));
        const partitions = read.map(({ partition }) => partition);
        for (let round = 0; round <= highest; round++)
          await send(log, topic, `anew-${round}`, (partition) => partitions.includes(partition));
        const halted = await notHalted(world, topic, partitions, /made anew|past the end/);
        const after = await Promise.all(readers.map((reader) => appliedBy(reader, world, topic)));
        const applied = readers.flatMap(({ name }, at) =>
          after[at] === before[at] ? [] : [`records of the new log were applied by ${name}`],
        );
        return [...halted, ...applied, ...(await goesOn(world, log, 'journey.leads', null))];
      });
    },
  },
];

const everyPartition = (): boolean => true;

/** A client of its own, which has not seen the log that was. */
async function withKafka<T>(world: World, work: (log: Log, admin: Admin) => Promise<T>): Promise<T> {
  const brokers = world.brokerAddresses;
  const log = kafkaLog({ brokers, clientId: 'losses', replication: world.brokers.length });
  const admin = new kafkajs.Kafka({ brokers: [...brokers], clientId: 'losses', logLevel: 0 }).admin();
  try {
    await admin.connect();
    return await work(log, admin);
  } finally {
    await admin.disconnect();
    await log.close();
  }
}

/** One touch to each of these partitions. @returns their event ids */
async function send(
  log: Log,
  topic: Topic,
  label: string,
  isMeant: (partition: number) => boolean,
): Promise<string[]> {
  const wanted = new Set(Array.from({ length: PARTITIONS }, (_, at) => at).filter(isMeant));
  const events = [];
  for (let n = 0; wanted.size > 0; n++) {
    const event = sampleEvent('touch.recorded', {
      source: 'urn:throughline:losses',
      sourceId: `${label}-${n}`,
    });
    if (wanted.delete(partitionOf(toRecord(event).key, PARTITIONS))) events.push(event);
  }
  await log.send(topic, events.map(toRecord));
  return events.map(({ id }) => id);
}

/** Waits until the readers say of each partition why it stands still. @returns those of which none does */
async function notHalted(
  world: World,
  topic: Topic,
  partitions: readonly number[],
  reason: RegExp,
): Promise<string[]> {
  const end = performance.now() + HALT_MS;
  for (;;) {
    const silent: string[] = [];
    for (const { processes, check } of readers) {
      const asked = processes.map((name) => haltedOf(world.services[name].ownUrl, check));
      const said = (await Promise.all(asked)).join('; ').split('; ');
      const halted = (partition: number) =>
        said.some((each) => each.startsWith(`${topic}/${partition}: `) && reason.test(each));
      for (const partition of partitions.filter((each) => !halted(each)))
        silent.push(`${topic}/${partition} did not halt at ${check}; halted: ${said.join('; ')}`);
    }
    if (silent.length === 0 || performance.now() > end) return silent;
    await pause(LOOK_MS);
  }
}

async function haltedOf(ownUrl: string, check: string): Promise<string> {
  const answer = await fetch(`${ownUrl}/health/fresh`, { signal: AbortSignal.timeout(10_000) });
  const { checks } = (await answer.json()) as {
    checks?: Readonly<Record<string, { readonly detail?: { readonly halted?: string | null } }>>;
  };
  return checks?.[check]?.detail?.halted ?? '';
}

/** Sends to every partition but one. @returns what is not applied in time though its partition is well */
async function goesOn(world: World, log: Log, topic: Topic, but: number | null): Promise<string[]> {
  const sent = await send(log, topic, `after-${topic}`, (partition) => partition !== but);
  const end = performance.now() + HALT_MS;
  for (;;) {
    const missing: string[] = [];
    for (const reader of readers) {
      const ids = new Set((await takenBy(reader, world)).map(({ id }) => id));
      for (const id of sent.filter((each) => !ids.has(each)))
        missing.push(`${id} of ${topic} waits behind another partition at ${reader.check}`);
    }
    if (missing.length === 0 || performance.now() > end) return missing;
    await pause(LOOK_MS);
  }
}

async function takenBy({ database, name }: Reader, { postgres }: World) {
  const { applied } = await postgres.asAdmin((admin) => readProjection(admin, name), database);
  return applied;
}

async function appliedBy(reader: Reader, world: World, topic: Topic): Promise<number> {
  return (await takenBy(reader, world)).filter((place) => place.topic === topic).length;
}
