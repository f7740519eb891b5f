import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, oneAddress } from '@throughline/client';
import { LOG_TOPICS } from '@throughline/contracts';
import { freePorts, type Cluster } from '@throughline/kafka-broker';
import { kafkaLog, postgresLog, type Log } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { openInstallation, serviceProcess } from '@throughline/standalone';
import { mainProcess } from '@throughline/standalone/testing';
import type { BenchContext } from '../bench.ts';

const names = ['touches', 'leads', 'opportunities', 'journeys', 'attribution'] as const;
const PARTITIONS = 12;

/** A whole installation, empty, as processes of its own. */
export interface System {
  readonly client: Client;
  /** from nothing to ready */
  readonly readySeconds: number;
  /** process ids of Node, by what runs in it */
  readonly services: Readonly<Record<string, number>>;
  /** process id of its PostgreSQL */
  readonly postmaster: number;
  /** Opens its log for reading; closed by the second of the pair. */
  openLog(): Promise<readonly [Log, () => Promise<unknown>]>;
  stop(): Promise<void>;
}

/** What `npm start -- --data` runs: every service in one process over the embedded log. */
export async function standalone(context: BenchContext, home: string): Promise<System> {
  const started = performance.now();
  const main = await mainProcess(home);
  const stop = once(() => main.end('SIGTERM'));
  context.onEnd(stop);
  return {
    client: new Client(main.running.urls),
    readySeconds: (performance.now() - started) / 1000,
    services: { standalone: main.pid },
    postmaster: main.postmaster,
    async openLog() {
      const { log: password } = JSON.parse(readFileSync(join(home, 'data/credentials.json'), 'utf8')) as {
        log: string;
      };
      const url = Object.assign(new URL(main.running.analystUrl), {
        username: 'log',
        password,
        pathname: '/log',
      });
      const database = await Database.open({ url: url.href, name: 'bench' });
      const log = postgresLog({ database });
      return [log, () => log.close().finally(() => database.close())];
    },
    stop,
  };
}

/** What `npm run services` runs: each service in a process of its own, over a broker that runs already. */
export async function servicesApart(context: BenchContext, home: string, kafka: Cluster): Promise<System> {
  const started = performance.now();
  const undo: (() => Promise<unknown>)[] = [];
  const stop = once(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  context.onEnd(stop);
  const installation = await openInstallation(home, () => undefined);
  undo.push(() => installation.stop());
  const log = kafkaLog({ brokers: kafka.brokers, clientId: 'bench' });
  await log.createTopics(LOG_TOPICS.map((name) => ({ name, partitions: PARTITIONS })));
  await log.close();
  const ports = await freePorts(names.length);
  const processes = names.map((name, at) => {
    const port = ports[at] ?? 0;
    const needs = { port, database: installation.urls[name], brokers: kafka.brokers, folder: home };
    return serviceProcess(name, needs);
  });
  undo.push(() => Promise.all(processes.map((each) => each.stop())));
  await Promise.all(processes.map(({ ready }) => ready));
  return {
    client: new Client({
      ...oneAddress(''),
      ...Object.fromEntries(processes.map(({ service, port }) => [service, `http://127.0.0.1:${port}`])),
    }),
    readySeconds: (performance.now() - started) / 1000,
    services: Object.fromEntries(processes.map(({ service, pid }) => [service, pid])),
    postmaster: installation.pid,
    async openLog() {
      const opened = kafkaLog({ brokers: kafka.brokers, clientId: 'bench' });
      return [opened, () => opened.close()];
    },
    stop,
  };
}

function once(work: () => Promise<unknown>): () => Promise<void> {
  let done: Promise<unknown> | undefined;
  return async () => void (await (done ??= work()));
}
