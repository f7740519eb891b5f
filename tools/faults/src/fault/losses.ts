import { setTimeout as pause } from 'node:timers/promises';
import { sampleEvent, toRecord, type TOPICS } from '@throughline/contracts';
import { kafkaLog, partitionOf, type Log } from '@throughline/log';
import kafkajs, { type Admin } from 'kafkajs';
import { readProjection } from '../judge/collect.ts';
import { PARTITIONS, type World } from '../runner/world.ts';
import type { Loss } from './fault.ts';

type Topic = (typeof TOPICS)[number];

const HALT_MS = 90_000;
const LOOK_MS = 500;
const needs = 'kafka';

/** Fault 22: the log is not what it was. A reader must halt and say so; it never jumps, and all else goes on. */
export const losses: readonly Loss[] = [
  {
    ...{ number: 22, name: 'records-deleted', needs },
    what: 'records that no reader had are deleted from a partition of the log',
    heals: 'by an operator only; its readers halt and name the first record kept',
    async bring(world) {
      const topic: Topic = 'journey.touches';
      const readers = [world.services.journeys, world.services['journeys-2']];
      for (const reader of readers) await reader.end('SIGTERM');
      return withKafka(world, async (log, admin) => {
        await send(log, topic, 'unread', everyPartition);
        const [lost] = (await log.marks(topic)).filter(({ high }) => high > 0n);
        if (!lost) return [`${topic} is empty: nothing could be deleted`];
        await admin.fetchTopicOffsets(topic); // loads the metadata that the next call takes for granted
        const { partition, high } = lost;
        await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: `${high}` }] });
        for (const reader of readers) await reader.start();
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
        const before = await appliedOf(world, topic);
        await admin.deleteTopics({ topics: [topic] });
        while ((await admin.listTopics()).includes(topic)) await pause(LOOK_MS);
        await log.createTopics([{ name: topic, partitions: PARTITIONS }]);
        const highest = Math.max(...read.map(({ high }) => Number(high)));
        const partitions = read.map(({ partition }) => partition);
        for (let round = 0; round <= highest; round++)
          await send(log, topic, `anew-${round}`, (partition) => partitions.includes(partition));
        const halted = await notHalted(world, topic, partitions, /made anew|past the end/);
        const after = await appliedOf(world, topic);
        const applied = after === before ? [] : [`${after - before} records of the new log were applied`];
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
    const said = (await Promise.all(readersOf(world).map(haltedOf))).join('; ').split('; ');
    const silent = partitions.filter(
      (partition) => !said.some((each) => each.startsWith(`${topic}/${partition}: `) && reason.test(each)),
    );
    if (silent.length === 0) return [];
    if (performance.now() > end)
      return silent.map((partition) => `${topic}/${partition} did not halt; halted: ${said.join('; ')}`);
    await pause(LOOK_MS);
  }
}

async function haltedOf({ ownUrl }: { readonly ownUrl: string }): Promise<string> {
  const answer = await fetch(`${ownUrl}/health/fresh`, { signal: AbortSignal.timeout(10_000) });
  const { checks } = (await answer.json()) as {
    checks?: Readonly<Record<string, { readonly detail?: { readonly halted?: string | null } }>>;
  };
  return checks?.['journeys.projection']?.detail?.halted ?? '';
}

/** Sends to every partition but one. @returns what is not applied in time though its partition is well */
async function goesOn(world: World, log: Log, topic: Topic, but: number | null): Promise<string[]> {
  const sent = await send(log, topic, `after-${topic}`, (partition) => partition !== but);
  const end = performance.now() + HALT_MS;
  for (;;) {
    const { applied } = await world.postgres.asAdmin(readProjection, 'journeys');
    const ids = new Set(applied.map(({ id }) => id));
    const missing = sent.filter((id) => !ids.has(id));
    if (missing.length === 0) return [];
    if (performance.now() > end)
      return missing.map((id) => `${id} of ${topic} waits behind another partition`);
    await pause(LOOK_MS);
  }
}

async function appliedOf(world: World, topic: Topic): Promise<number> {
  const { applied } = await world.postgres.asAdmin(readProjection, 'journeys');
  return applied.filter((place) => place.topic === topic).length;
}

const readersOf = ({ services }: World) => [services.journeys, services['journeys-2']];
