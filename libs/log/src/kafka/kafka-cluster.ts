import kafkajs, { type Cluster, type Kafka } from 'kafkajs';
import { TopicMissing } from '../log.error.ts';
import type { Mark } from '../log.ts';
import { kafkaErrorType } from './kafka-client.ts';
import type { Connectable } from './connected.ts';

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
    const partitions = (await this.partitions(topic)).map((partition) => ({ partition }));
    const [high] = await this.cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning: false }]);
    const [low] = await this.cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning: true }]);
    const lows = new Map(low?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
    return (high?.partitions ?? [])
      .map(({ partition, offset }) => ({
        partition,
        low: lows.get(partition) ?? 0n,
        high: BigInt(offset),
      }))
      .sort((a, b) => a.partition - b.partition);
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
