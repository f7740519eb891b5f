import { randomUUID } from 'node:crypto';
import { connect as dial } from 'node:net';
import { kafkaClient } from '../kafka/kafka-client.ts';
import { KafkaLog, type KafkaLogOptions } from '../kafka/kafka-log.ts';
import { withAdmin } from '../kafka/kafka-topics.ts';
import type { Log } from '../log.ts';
import type { LogKit } from './log-kit.ts';
import { TcpProxy } from './tcp-proxy.ts';
import { eventually } from './collector.ts';

/** A kit over the broker in KAFKA_BROKERS; `make` is where a mutant is put in. */
export async function kafkaKit(
  make: (options: KafkaLogOptions) => Log = (options) => new KafkaLog(options),
): Promise<LogKit> {
  const brokers = testBrokers();
  const client = kafkaClient({ brokers, clientId: 'log-kit' }, 'patient');
  const [host = '', port = ''] = (brokers[0] ?? '').split(':');
  const proxy = await TcpProxy.start({ host, port: Number(port) });
  const logs: Log[] = [];
  const topics = new Set<string>();
  const open = (more: Partial<KafkaLogOptions> = {}) => {
    const log = make({
      brokers,
      clientId: 'test',
      sessionTimeoutMs: 10_000,
      haltedMs: 200,
      batchSize: 2,
      ...more,
    });
    logs.push(log);
    return log;
  };
  const admin = new KafkaLog({ brokers, clientId: 'log-kit' });
  const topic = async (partitions = 3) => {
    const name = `test.${randomUUID()}`;
    topics.add(name);
    await admin.createTopics([{ name, partitions }]);
    return name;
  };
  return {
    kind: 'kafka',
    connect: open,
    topic,
    deleteBefore: (name, partition, offset) =>
      withAdmin(client, async (it) => {
        await it.fetchTopicOffsets(name); // loads the metadata that the next call takes for granted
        await it.deleteTopicRecords({ topic: name, partitions: [{ partition, offset: offset.toString() }] });
      }),
    recreate: async (name, partitions) => {
      await withAdmin(client, async (it) => {
        await it.deleteTopics({ topics: [name] });
        await eventually(`${name} to be gone`, async () => !(await it.listTopics()).includes(name));
      });
      await admin.createTopics([{ name, partitions }]);
    },
    misconfigured: async () => {
      const name = `test.${randomUUID()}`;
      topics.add(name);
      const configEntries = [{ name: 'retention.ms', value: '604800000' }];
      await withAdmin(client, (it) =>
        it.createTopics({ waitForLeaders: true, topics: [{ topic: name, numPartitions: 3, configEntries }] }),
      );
      return { topic: { name, partitions: 3 }, setting: 'retention.ms', wanted: '-1' };
    },
    connectSilenceable: async () => ({
      log: open({ socketFactory: ({ onConnect }) => dial(proxy.port, '127.0.0.1', onConnect) }),
      silence: async () => proxy.silence(),
      restore: async () => undefined,
    }),
    transact: async (name, records) => {
      const producer = client.producer({
        transactionalId: randomUUID(),
        maxInFlightRequests: 1,
        idempotent: true,
      });
      await producer.connect();
      const transaction = await producer.transaction();
      const messages = records.map(({ headers, timestamp, ...rest }) => ({
        ...rest,
        headers: { ...headers },
        timestamp: timestamp.toString(),
      }));
      await transaction.send({ topic: name, messages, acks: -1 });
      const end = (how: 'commit' | 'abort') => async () => {
        await transaction[how]();
        await producer.disconnect();
      };
      return { commit: end('commit'), abort: end('abort') };
    },
    committed: (groupId, name) =>
      withAdmin(client, async (it) => {
        const [offsets] = await it.fetchOffsets({ groupId, topics: [name] });
        return offsets?.partitions[0]?.offset;
      }),
    close: async () => {
      await Promise.all(logs.map((log) => log.close()));
      await admin.close();
      await withAdmin(client, (it) => it.deleteTopics({ topics: [...topics] }));
      await proxy.stop();
    },
  };
}

/** The brokers for tests. */
export function testBrokers(): string[] {
  const brokers = process.env['KAFKA_BROKERS'];
  if (brokers) return brokers.split(',');
  throw new Error(
    'No Kafka for tests: run them through Jest (its global set-up starts a broker), or set KAFKA_BROKERS.',
  );
}
