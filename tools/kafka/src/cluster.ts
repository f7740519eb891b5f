import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { KAFKA_VERSION, kafkaJars } from './artifacts.ts';
import { freePorts } from './free-ports.ts';
import { kafkaConfig } from './kafka.config.ts';
import { accountOf } from './account.ts';
import { NodeProcess } from './node-process.ts';
import type { BrokerAccount } from './server-properties.ts';

export interface ClusterOptions {
  /** holds `node-1`, `node-2` and so on, with the data of each, kept over restarts */
  readonly directory: string;
  readonly count: number;
  /** the clients' port of the first node, free ones unless told */
  readonly port?: number;
  /** Ports of proxies before the nodes: clients are told these. They may start once the ports of the nodes are known. */
  readonly advertise?: (ports: readonly number[]) => Promise<readonly number[]>;
  /**
   * Kafka's own form of a UUID, a new one unless told; data that was formatted before keeps the one it has. Told, the
   * formatted storage is kept in the cache: formatting costs a start of Java.
   */
  readonly clusterId?: string;
  /** whether clients must show a name and a password, which are made once and kept in the directory; not unless told */
  readonly withPassword?: boolean;
  readonly log?: (line: string) => void;
  /** hears the id of every process as it starts */
  readonly noted?: (pid: number) => void;
}

export interface Cluster {
  /** where clients connect */
  readonly brokers: readonly string[];
  /** what clients must show, null where whoever connects is taken */
  readonly account: BrokerAccount | null;
  /** each may be stopped, killed and started on its own */
  readonly nodes: readonly NodeProcess[];
  stop(): Promise<void>;
}

/**
 * One Kafka broker or several, each in a process of its own, all started here. Of three, replicas stand on all and an
 * acknowledgement means that two have it.
 * @throws KafkaToolMissing when Java or Maven is missing, Error with the broker's last lines when it does not start
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { directory, count, log = () => {}, noted = () => {} } = options;
  const { cache } = kafkaConfig();
  const classpath = join(await kafkaJars(cache, log), '*');
  const free = await freePorts(3 * count);
  const at = (index: number) => free[index] ?? 0;
  const ports = Array.from({ length: count }, (_, n) => (n === 0 && options.port) || at(n));
  const advertised = (await options.advertise?.(ports)) ?? ports;
  const home = (n: number) => (count === 1 ? directory : join(directory, `node-${n + 1}`));
  const all = ports.map((port, n) => ({
    node: n + 1,
    data: join(home(n), 'data'),
    port,
    advertised: advertised[n] ?? port,
    internalPort: at(count + n),
    controllerPort: at(2 * count + n),
  }));
  const clusterId = options.clusterId ?? newClusterId();
  const formatted = (node: number) =>
    options.clusterId ? join(cache, `formatted-${KAFKA_VERSION}-${clusterId}-${node}`) : null;
  const account = options.withPassword ? await accountOf(directory) : null;
  const shared = { classpath, all, clusterId, account, log, noted };
  const nodes = all.map(
    (place, n) => new NodeProcess({ ...shared, place, directory: home(n), formatted: formatted(place.node) }),
  );
  const stop = async () => void (await Promise.all(nodes.map((node) => node.stop())));
  const starts = await Promise.allSettled(nodes.map((node) => node.start()));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return { brokers: all.map((place) => `127.0.0.1:${place.advertised}`), account, nodes, stop };
}

/** Kafka's own form of a UUID; asking its StorageTool for one costs another start of Java. */
function newClusterId(): string {
  return Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
}
