import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@throughline/client';
import { TOPICS } from '@throughline/contracts';
import { startBroker } from '@throughline/kafka-broker';
import { kafkaLog } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { testDatabase } from '@throughline/postgres/testing';
import { serviceProcess, type ServiceProcess } from '../service-process.ts';
import { Journeys } from './journeys.ts';
import { actingAs } from './acting-as.ts';
import { MoveLog } from './move-log.ts';

const PARTITIONS = 12;
const instances = ['one', 'two'] as const;
export type Instance = (typeof instances)[number];

/** The door for facts and two instances of journeys, each a process of its own, over a broker of their own. */
export interface ServicesApart {
  /** reads from the first instance */
  readonly client: Client;
  readonly journeys: Journeys;
  readonly moves: MoveLog<Instance>;
  readonly processes: Readonly<Record<Instance, ServiceProcess>>;
  stop(): Promise<void>;
}

type Undo = (() => unknown)[];

export async function servicesApart(): Promise<ServicesApart> {
  const undo: Undo = [];
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

async function start(undo: Undo): Promise<Omit<ServicesApart, 'stop'>> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-apart-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const brokers = await ownBroker(undo);
  const [facts, read] = await Promise.all([testDatabase('touches'), testDatabase('journeys')]);
  undo.push(() => facts.drop());
  const roles = await actingAs(read.url, instances);
  undo.push(() => roles.drop()); // after the database, which they may still be connected to
  undo.push(() => read.drop());
  const database = await Database.open({ url: read.url, name: 'test' });
  undo.push(() => database.close());

  const ports = await freePorts(3);
  const launch = (service: string, at: number, url: string) => {
    const launched = serviceProcess(service, { port: ports[at] ?? 0, database: url, brokers, folder });
    undo.push(() => launched.stop());
    return launched;
  };
  const door = launch('touches', 0, facts.url);
  const one = launch('journeys', 1, roles.urls.one);
  await Promise.all([door.ready, one.ready]);
  const address = ({ port }: ServiceProcess) => `http://127.0.0.1:${port}`;
  const nowhere = 'http://127.0.0.1:1';
  const client = new Client({
    ...{ touches: address(door), journeys: address(one) },
    ...{ leads: nowhere, opportunities: nowhere, attribution: nowhere },
  });
  const journeys = new Journeys(client);
  const moves = await MoveLog.of<Instance>(database, await journeys.schema(), roles.names);
  const two = launch('journeys', 2, roles.urls.two);
  await two.ready;
  return { client, journeys, moves, processes: { one, two } };
}

/** The topics of services have fixed names, so a broker is shared with no other test. */
async function ownBroker(undo: Undo): Promise<readonly string[]> {
  delete process.env['KAFKA_BROKERS']; // that of this test file alone: Jest gives each its own environment
  const broker = await startBroker();
  undo.push(() => broker.stop());
  const log = kafkaLog({ brokers: broker.brokers, clientId: 'test' });
  await log.createTopics(TOPICS.map((name) => ({ name, partitions: PARTITIONS })));
  await log.close();
  return broker.brokers;
}

/** Held open until all are known, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) await once(server.close(), 'close');
  return ports;
}
