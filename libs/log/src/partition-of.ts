import kafkajs from 'kafkajs';

const partitioner = kafkajs.Partitioners.DefaultPartitioner();

/** The partition of a key: murmur2(key) modulo the number of partitions, as Kafka's own clients have it. */
export function partitionOf(key: string, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 0,
    replicas: [],
    isr: [],
    offlineReplicas: [],
  }));
  return partitioner({ topic: '', partitionMetadata, message: { key, value: null } });
}
