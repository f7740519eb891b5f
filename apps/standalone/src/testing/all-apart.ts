import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type ServiceName } from '@throughline/client';
import { LOG_TOPICS } from '@throughline/contracts';
import { startBroker } from '@throughline/kafka-broker';
import { kafkaAccessKeys, kafkaLog, type KafkaAccess, type Log } from '@throughline/log';
import { testDatabase } from '@throughline/postgres/testing';
import { serviceProcess, type ServiceProcess } from '../service-process.ts';

const PARTITIONS = 3;
const services = ['touches', 'leads', 'opportunities', 'journeys', 'attribution'] as const;

/** All services, each a process of its own, over a broker of their own that asks for a password. */
export interface AllApart {
  readonly client: Client;
  readonly broker: string;
  readonly access: KafkaAccess;
  readonly partitions: number;
  /** holds the log files of the processes */
  readonly folder: string;
  /** the log as somebody beside the services sees it */
  readonly log: Log;
  /** ends the process of a service and starts it anew */
  restart(service: ServiceName): Promise<void>;
  stop(): Promise<void>;
}

export async function allApart(): Promise<AllApart> {
  const undo: (() => unknown)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return { ...(await start(undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(undo: (() => unknown)[]): Promise<Omit<AllApart, 'stop'>> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-all-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  delete process.env['KAFKA_BROKERS']; // that of this test file alone: Jest gives each its own environment
  const { brokers, access, stop: stopBroker } = await startBroker({ withPassword: true });
  undo.push(stopBroker);
  const log = kafkaLog({ brokers, clientId: 'test', ...access });
  undo.push(() => log.close());
  await log.createTopics(LOG_TOPICS.map((name) => ({ name, partitions: PARTITIONS })));

  const ports = await freePorts(services.length);
  const running = new Map<ServiceName, ServiceProcess>();
  undo.push(() => Promise.all([...running.values()].map((each) => each.stop())));
  const databases = new Map<ServiceName, string>();
  const launch = (service: ServiceName) => {
    const env = { ...kafkaAccessKeys(access), PARTITIONS: String(PARTITIONS) };
    const port = ports[services.indexOf(service)] ?? 0;
    const launched = serviceProcess(service, {
      port,
      database: databases.get(service) ?? '',
      brokers,
      folder,
      env,
    });
    running.set(service, launched);
    return launched.ready;
  };
  for (const service of services) {
    const { url, drop } = await testDatabase(service);
    undo.unshift(drop); // after everything that is connected to it
    databases.set(service, url);
  }
  await Promise.all(services.map(launch));
  const urls = Object.fromEntries(services.map((service, at) => [service, `http://127.0.0.1:${ports[at]}`]));
  return {
    client: new Client(urls as Record<ServiceName, string>),
    broker: brokers[0] ?? '',
    access,
    partitions: PARTITIONS,
    folder,
    log,
    async restart(service) {
      await running.get(service)?.stop();
      await launch(service);
    },
  };
}

/** Held open until all are known, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) await once(server.close(), 'close');
  return ports;
}
