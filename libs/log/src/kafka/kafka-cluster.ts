import kafkajs, { type Cluster, type Kafka } from 'kafkajs';
import { TopicMissing } from '../log.error.ts';
import type { Mark } from '../log.ts';
import { kafkaErrorType } from './kafka-client.ts';
import type { Connectable } from './connected.ts';

const [EARLIEST, LATEST] = ['-2', '-1'];
const [READ_UNCOMMITTED, READ_COMMITTED] = [0, 1];

/** kafkajs declares its brokers without the isolation level, which decides whether open transactions count. */
interface OffsetsBroker {
  listOffsets(request: {
    isolationLevel: number;
    topics: { topic: string; partitions: { partition: number; timestamp: string }[] }[];
  }): Promise<{ responses: { partitions: { partition: number; offset: string }[] }[] }>;
}

/**
 * Metadata, marks and fetches without a group. kafkajs hands its cluster object to partition assigners only, so
 * a consumer is made for it that never joins a group.
 */
export class KafkaCluster implements Connectable {
  private readonly cluster: Cluster;
  private readonly consumer;

  constructor(kafka: Kafka) {
    let cluster: Cluster | undefined;
    this.consumer = kafka.consumer({
      groupId: 'never-joined',
      allowAutoTopicCreation: false,
      partitionAssigners: [
        (config) => {
          cluster = config.cluster;
          return kafkajs.PartitionAssigners.roundRobin(config);
        },
      ],
    });
    if (!cluster) throw new Error('kafkajs gave its cluster to no partition assigner');
    this.cluster = cluster;
  }

  connect(): Promise<void> {
    return this.consumer.connect();
  }

  disconnect(): Promise<void> {
    return this.consumer.disconnect();
  }

  /** @throws TopicMissing */
  async partitions(topic: string): Promise<number[]> {
    await this.know([topic]);
    return this.cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
  }

  /** @throws TopicMissing */
  async marks(topic: string): Promise<Mark[]> {
    const partitions = await this.partitions(topic);
    const [low, high, end] = await Promise.all([
      this.offsets(topic, partitions, EARLIEST, READ_COMMITTED),
      this.offsets(topic, partitions, LATEST, READ_COMMITTED),
      this.offsets(topic, partitions, LATEST, READ_UNCOMMITTED),
    ]);
    return partitions
      .map((partition) => {
        const mark = { partition, low: low.get(partition) ?? 0n, high: high.get(partition) ?? 0n };
        const written = end.get(partition) ?? mark.high;
        return written > mark.high ? { ...mark, end: written } : mark;
      })
      .sort((a, b) => a.partition - b.partition);
  }

  private async offsets(
    topic: string,
    partitions: readonly number[],
    timestamp: string,
    isolationLevel: number,
  ) {
    const byLeader = Object.entries(this.cluster.findLeaderForPartitions(topic, [...partitions]));
    const answers = byLeader.map(async ([nodeId, own]) => {
      const broker = (await this.cluster.findBroker({ nodeId })) as unknown as OffsetsBroker;
      const wanted = own.map((partition) => ({ partition, timestamp }));
      const { responses } = await broker.listOffsets({
        isolationLevel,
        topics: [{ topic, partitions: wanted }],
      });
      return responses.flatMap((response) => response.partitions);
    });
    const offsets = (await Promise.all(answers)).flat();
    return new Map(offsets.map(({ partition, offset }) => [partition, BigInt(offset)]));
  }

  /** @throws TopicMissing */
  async know(topics: readonly string[]): Promise<void> {
    try {
      await this.cluster.addMultipleTargetTopics([...topics]);
      await this.cluster.refreshMetadataIfNecessary();
    } catch (error) {
      if (kafkaErrorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION') throw new TopicMissing(topics.join(', '));
      throw error;
    }
  }

  leaderOf(topic: string, partition: number): string | undefined {
    return Object.keys(this.cluster.findLeaderForPartitions(topic, [partition]))[0];
  }

  async broker(leader: string) {
    return this.cluster.findBroker({ nodeId: leader });
  }

  refresh(): Promise<void> {
    return this.cluster.refreshMetadata();
  }
}
