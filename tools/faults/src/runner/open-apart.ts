import { join } from 'node:path';
import { LOG_TOPICS } from '@throughline/contracts';
import { freePorts, startCluster, type Cluster } from '@throughline/kafka-broker';
import { kafkaLog, postgresLog, type Log } from '@throughline/log';
import { TcpProxy } from '@throughline/log/testing';
import { serviceProcess } from '@throughline/standalone';
import { PostgresServer } from './postgres-server.ts';
import { chance } from './random.ts';
import { Service, type ServicePlace } from './service.ts';
import { mountDisk, unmountDisk } from './small-disk.ts';
import { INSTANCES, PARTITIONS, World, type Instance, type Undo, type WorldOptions } from './world.ts';

const SKEW = join(import.meta.dirname, '../fault/skew.mjs');
const CLUSTER_ID = 'dGhyb3VnaGxpbmUtZmF1bA';

/** The services apart, each a process, with a proxy before whatever they talk to. */
export function openApart(options: WorldOptions): Promise<World> {
  return World.open(async (undo) => {
    const { directory, brokers: count } = options;
    const [port = 0] = await freePorts(1);
    const postgres = new PostgresServer(join(directory.path, 'postgres'), port, (pid) => directory.note(pid));
    if (options.smallDisk) {
      mountDisk(postgres.directory);
      undo.push(() => unmountDisk(postgres.directory));
    }
    const proxies: TcpProxy[] = [];
    undo.push(() => Promise.all(proxies.map((proxy) => proxy.stop())));
    const [started, nodes] = await Promise.allSettled([postgres.start(), startBrokers(options, proxies)]);
    undo.push(() => postgres.stop());
    if (nodes.status === 'fulfilled') undo.push(() => nodes.value?.stop());
    if (started.status === 'rejected') throw started.reason;
    if (nodes.status === 'rejected') throw nodes.reason;
    const brokerAddresses = nodes.value?.brokers ?? [];
    const log: Log =
      count > 0
        ? kafkaLog({ brokers: brokerAddresses, clientId: 'faults', replication: count })
        : postgresLog({ url: postgres.url('log') });
    undo.push(() => log.close().catch(() => undefined));
    await log.createTopics(LOG_TOPICS.map((name) => ({ name, partitions: PARTITIONS })));
    const made: Service[] = [];
    undo.push(() => Promise.all(made.map((service) => service.stop())));
    for (const name of INSTANCES)
      made.push(new Service(name, await place(name, options, postgres, brokerAddresses, undo)));
    const services = Object.fromEntries(made.map((each) => [each.name, each])) as Record<Instance, Service>;
    const brokers = (nodes.value?.nodes ?? []).map((node, n) => ({ node, proxy: proxies[n] as TcpProxy }));
    return { postgres, log, services, brokers, brokerAddresses };
  });
}

async function place(
  name: Instance,
  options: WorldOptions,
  postgres: PostgresServer,
  brokers: readonly string[],
  undo: Undo,
): Promise<ServicePlace> {
  const service = name.replace(/-2$/, '') as Exclude<Instance, `${string}-2`>;
  const { seed, env, imports, directory } = options;
  const [port = 0] = await freePorts(1);
  const random = chance(seed, name);
  const before = async (target: number) => {
    const proxy = await TcpProxy.start({ host: '127.0.0.1', port: target }, { random: () => random.next() });
    undo.push(() => proxy.stop());
    return proxy;
  };
  const database = await before(postgres.port);
  const through = (url: string) => {
    const proxied = new URL(url);
    proxied.port = String(database.port);
    return proxied.href;
  };
  const onPostgres =
    brokers.length > 0 ? {} : { LOG: 'postgres', LOG_DATABASE_URL: through(postgres.url('log')) };
  const http = await before(port);
  return {
    ...{ port, database, http },
    launch: (more) => {
      const started = serviceProcess(service, {
        ...{ port, brokers, database: through(postgres.url(service)), folder: directory.path },
        imports: [SKEW, ...imports],
        env: { ...env, ALLOWED_HOSTS: `127.0.0.1:${http.port}`, ...onPostgres, ...more },
      });
      directory.note(started.pid);
      return started;
    },
  };
}

async function startBrokers(options: WorldOptions, proxies: TcpProxy[]): Promise<Cluster | undefined> {
  const { directory, brokers: count, seed } = options;
  if (count === 0) return undefined;
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
