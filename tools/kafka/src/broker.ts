import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaAccess, type KafkaAccess, type KafkaAccessKeys } from '@throughline/log';
import { startCluster } from './cluster.ts';
import { kafkaConfig } from './kafka.config.ts';

export interface BrokerOptions {
  /** keeps its data here and over restarts; a temporary folder, removed by stop(), unless told */
  readonly directory?: string;
  /** the port for clients, a free one unless told; a broker that comes back must have the one it had */
  readonly port?: number;
  /** whether clients must show a name and a password; not unless told */
  readonly withPassword?: boolean;
  readonly log?: (line: string) => void;
}

export interface Broker {
  readonly brokers: string[];
  /** what clients must show: of the environment (KAFKA_USERNAME, KAFKA_PASSWORD …) where KAFKA_BROKERS is */
  readonly access: KafkaAccess;
  /** process id of the broker; null when KAFKA_BROKERS names one that was not started here */
  readonly pid: number | null;
  stop(): Promise<void>;
}

/**
 * A real Kafka broker: the one in KAFKA_BROKERS, otherwise one started here on free ports.
 * @throws KafkaToolMissing when Java or Maven is missing, Error with the broker's last lines when it does not start
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const config = kafkaConfig();
  if (config.brokers)
    return {
      brokers: [...config.brokers],
      access: kafkaAccess(process.env as KafkaAccessKeys),
      pid: null,
      stop: async () => {},
    };
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'throughline-kafka-')));
  const cluster = await startCluster({ ...options, directory, count: 1 });
  return {
    brokers: [...cluster.brokers],
    access: cluster.account ? { sasl: { mechanism: 'plain', ...cluster.account } } : {},
    pid: cluster.nodes[0]?.pid ?? null,
    stop: async () => {
      await cluster.stop();
      if (!options.directory) await rm(directory, { recursive: true, force: true });
    },
  };
}
