import { join } from 'node:path';

const REPOSITORY = join(import.meta.dirname, '../../..');

/** Where the broker comes from. */
export interface KafkaConfig {
  /** brokers that run already; null starts one here */
  readonly brokers: readonly string[] | null;
  /** where the fetched artifacts are kept between runs */
  readonly cache: string;
}

/** Reads KAFKA_BROKERS (comma separated host:port) and KAFKA_CACHE. @throws Error naming a broker that is no host:port */
export function kafkaConfig(env: NodeJS.ProcessEnv = process.env): KafkaConfig {
  const brokers = (env['KAFKA_BROKERS'] ?? '')
    .split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '');
  for (const broker of brokers) {
    if (!/^\S+:\d+$/.test(broker)) throw new Error(`KAFKA_BROKERS: '${broker}' is not host:port`);
  }
  return Object.freeze({
    brokers: brokers.length > 0 ? brokers : null,
    cache: env['KAFKA_CACHE'] ?? join(REPOSITORY, '.cache/kafka'),
  });
}
