import { randomUUID } from 'node:crypto';
import { kafkaLog, type NewRecord } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { migrateEventStore } from '@throughline/event-store';
import { Relay } from '@throughline/relay';
import kafkajs from 'kafkajs';
import type { Bench, BenchContext } from '../bench.ts';
import type { Side } from '../compare.ts';
import { outboxRecords, refill } from './outbox.ts';

const BATCH = 1_000;
const PARTITIONS = 6;

/** The outbox into Kafka. */
export const relayBench: Bench = {
  name: 'relay',
  what: 'records a second from a full outbox to Kafka until it is empty, against awaited KafkaJS sends',
  needs: ['postgres', 'kafka'],
  async run(context) {
    const brokers = await context.brokers();
    const topic = `bench.relay.${randomUUID().slice(0, 8)}`;
    const log = kafkaLog({ brokers, clientId: 'bench-relay' });
    context.onEnd(() => log.close());
    await log.createTopics([{ name: topic, partitions: PARTITIONS }]);
    const records = outboxRecords(Math.ceil(40_000 * context.scale));
    await context.compare({
      name: 'relay against KafkaJS sends',
      goal: 0.7,
      unit: 'records',
      ours: await relaySide(context, topic, records, (database) => new Relay(database, log)),
      theirs: await kafkaJs(context, brokers, topic, records),
    });
  },
};

async function relaySide(
  context: BenchContext,
  topic: string,
  records: readonly NewRecord[],
  relayOf: (database: Database) => Relay,
): Promise<Side> {
  const database = await Database.open({ url: await context.postgresUrl('relay'), name: 'bench relay' });
  context.onEnd(() => database.close());
  await migrateEventStore(database);
  const relay = relayOf(database);
  context.onEnd(() => relay.stop());
  return {
    name: 'relay',
    prepare: () => refill(database, topic, records),
    async run() {
      let moved = 0;
      for (let took = -1; took !== 0; moved += took) took = await relay.drain();
      return moved;
    },
  };
}

/** The records as they lie in memory, a batch after the other, each awaited with acks -1. */
async function kafkaJs(
  context: BenchContext,
  brokers: readonly string[],
  topic: string,
  records: readonly NewRecord[],
): Promise<Side> {
  const client = new kafkajs.Kafka({ brokers: [...brokers], clientId: 'bench', logLevel: 0 });
  const producer = client.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  context.onEnd(() => producer.disconnect());
  return {
    name: 'KafkaJS',
    async run() {
      for (let at = 0; at < records.length; at += BATCH) {
        const messages = records.slice(at, at + BATCH).map(({ key, value, headers, timestamp }) => ({
          key,
          value,
          headers: { ...headers },
          timestamp: String(timestamp),
        }));
        await producer.send({ topic, messages, acks: -1 });
      }
      return records.length;
    },
  };
}
