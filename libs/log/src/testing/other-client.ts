import kafkajs, { type Kafka, type KafkaConfig } from 'kafkajs';

/** A client of Kafka as any other program has one, with nothing of this project's between it and the broker. */
export function otherClient(config: Omit<KafkaConfig, 'logLevel'>): Kafka {
  return new kafkajs.Kafka({ ...config, logLevel: kafkajs.logLevel.NOTHING });
}
