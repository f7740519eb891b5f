import { join } from 'node:path';
import { TOPICS } from '@throughline/contracts';
import { freePorts, startCluster, type Cluster, type NodeProcess } from '@throughline/kafka-broker';
import { kafkaLog, postgresLog, type Log } from '@throughline/log';
import { TcpProxy } from '@throughline/log/testing';
import { mountDisk, unmountDisk } from './small-disk.ts';
import { PostgresServer } from './postgres-server.ts';
import type { RunDirectory } from './processes.ts';
import { chance } from './random.ts';
import { Service, type ServicePlace } from './service.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly directory: RunDirectory;
  /** 0: no Kafka, the log is on PostgreSQL */
  readonly brokers: number;
  readonly env: NodeJS.ProcessEnv;
  readonly imports: readonly string[];
  /** PostgreSQL's data is on a small disk, in memory */
  readonly smallDisk: boolean;
}

/** A broker and the proxy that its clients reach it by. */
export interface Broker {
  readonly node: NodeProcess;
  readonly proxy: TcpProxy;
}

const PARTITIONS = 12;
const SKEW = join(import.meta.dirname, '../fault/skew.mjs');
const INSTANCES = ['touches', 'leads', 'leads-2', 'opportunities', 'journeys', 'journeys-2'] as const;
export type Instance = (typeof INSTANCES)[number];
/** It runs only while a fault wants two that relay one outbox. */
const SPARE: Instance = 'leads-2';
const CLUSTER_ID = 'dGhyb3VnaGxpbmUtZmF1bA';

/** Every process that a run attacks, and the proxies between them. */
export class World {
  readonly brokers: Broker[] = [];
  readonly services = {} as Record<Instance, Service>;
  /** what ended by itself, or answered late, noted as it is seen */
  readonly unrest: string[] = [];
  readonly log: Log;
  private constructor(
    readonly options: WorldOptions,
    readonly postgres: PostgresServer,
    private readonly cluster: Cluster | undefined,
  ) {
    this.log = cluster
      ? kafkaLog({ brokers: cluster.brokers, clientId: 'faults', replication: options.brokers })
      : postgresLog({ url: postgres.url('log') });
  }

  /** Everything running and ready. What a failed start leaves is ended. */
  static async open(options: WorldOptions): Promise<World> {
    const { directory, seed } = options;
    const [port = 0] = await freePorts(1);
    const postgres = new PostgresServer(join(directory.path, 'postgres'), port, (pid) => directory.note(pid));
    if (options.smallDisk) mountDisk(postgres.directory);
    const proxies: TcpProxy[] = [];
    const cluster = options.brokers === 0 ? undefined : startBrokers(options, proxies);
    const [started, nodes] = await Promise.allSettled([postgres.start(), cluster]);
    const world =
      started.status === 'fulfilled' && nodes.status === 'fulfilled'
        ? new World(options, postgres, nodes.value)
        : null;
    try {
      if (started.status === 'rejected') throw started.reason;
      if (nodes.status === 'rejected') throw nodes.reason;
      if (!world) throw new Error('unreachable');
      world.brokers.push(
        ...(nodes.value?.nodes ?? []).map((node, n) => ({ node, proxy: proxies[n] as TcpProxy })),
      );
      await world.log.createTopics(TOPICS.map((name) => ({ name, partitions: PARTITIONS })));
      for (const name of INSTANCES) world.services[name] = new Service(name, await world.place(name, seed));
      await Promise.all(world.lasting.map((service) => service.start()));
      return world;
    } catch (error) {
      if (world) await world.close();
      else {
        if (nodes.status === 'fulfilled') await nodes.value?.stop();
        await Promise.all(proxies.map((proxy) => proxy.stop()));
        await postgres.stop();
        if (options.smallDisk) unmountDisk(postgres.directory);
      }
      throw error;
    }
  }

  get brokerAddresses(): readonly string[] {
    return this.cluster?.brokers ?? [];
  }

  /** Those that always run. */
  get lasting(): readonly Service[] {
    return this.all.filter(({ name }) => name !== SPARE);
  }

  get all(): readonly Service[] {
    return Object.values(this.services);
  }

  get proxies(): readonly TcpProxy[] {
    return [
      ...this.brokers.map(({ proxy }) => proxy),
      ...this.all.flatMap(({ place }) => [place.http, place.database]),
    ];
  }

  /** Ends everything, whatever state it is in. */
  async close(): Promise<void> {
    await Promise.all(this.all.map((service) => service.stop()));
    await this.log.close().catch(() => undefined);
    for (const { node } of this.brokers) if (node.pid !== null) process.kill(node.pid, 'SIGCONT');
    await Promise.all([this.cluster?.stop(), this.postgres.stop()]);
    await Promise.all(this.proxies.map((proxy) => proxy.stop()));
    if (this.options.smallDisk) unmountDisk(this.postgres.directory);
  }

  private async place(name: Instance, seed: number): Promise<ServicePlace> {
    const service = name.replace(/-2$/, '') as ServicePlace['service'];
    const { env, imports, directory } = this.options;
    const [port = 0] = await freePorts(1);
    const random = chance(seed, name);
    const before = (target: number) =>
      TcpProxy.start({ host: '127.0.0.1', port: target }, { random: () => random.next() });
    const database = await before(this.postgres.port);
    const logUrl = new URL(this.postgres.url('log'));
    logUrl.port = String(database.port);
    const onPostgres = this.cluster ? {} : { LOG: 'postgres', LOG_DATABASE_URL: logUrl.href };
    return {
      ...{ service, port, http: await before(port), database },
      imports: [SKEW, ...imports],
      databaseUrl: () => this.postgres.url(service),
      brokers: this.cluster?.brokers ?? [],
      env: { ...env, ...onPostgres },
      folder: directory.path,
      noted: (pid) => directory.note(pid),
    };
  }
}

function startBrokers(options: WorldOptions, proxies: TcpProxy[]): Promise<Cluster> {
  const { directory, brokers: count, seed } = options;
  const random = chance(seed, 'brokers');
  return startCluster({
    directory: join(directory.path, 'kafka'),
    count,
    clusterId: CLUSTER_ID,
    noted: (pid) => directory.note(pid),
    advertise: async (ports) => {
      for (const port of ports)
        proxies.push(await TcpProxy.start({ host: '127.0.0.1', port }, { random: () => random.next() }));
      return proxies.map((proxy) => proxy.port);
    },
  });
}
