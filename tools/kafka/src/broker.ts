import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { kafkaJars } from './artifacts.ts';
import { kafkaConfig } from './kafka.config.ts';
import { forgetBroker, noteBroker, stopLeftOver } from './left-over.ts';
import { serverProperties } from './server-properties.ts';

const run = promisify(execFile);

const READY = 'Kafka Server started';
const START_MS = 60_000;
const STOP_MS = 20_000;

export interface BrokerOptions {
  /** keeps its data here and over restarts; a temporary folder, removed by stop(), unless told */
  readonly directory?: string;
  /** the port for clients, a free one unless told; a broker that comes back must have the one it had */
  readonly port?: number;
  readonly log?: (line: string) => void;
}

export interface Broker {
  readonly brokers: string[];
  /** process id of the broker; null when KAFKA_BROKERS names one that was not started here */
  readonly pid: number | null;
  stop(): Promise<void>;
}

/**
 * A real Kafka broker: the one in KAFKA_BROKERS, otherwise one started here on free ports.
 *
 * The broker is in a process group of its own: Ctrl-C reaches whoever started it, who stops it in order. One that a
 * killed process left on the directory is stopped first.
 * @throws KafkaToolMissing when Java or Maven is missing, Error with the broker's last lines when it does not start
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const config = kafkaConfig();
  if (config.brokers) return { brokers: [...config.brokers], pid: null, stop: async () => {} };
  const log = options.log ?? (() => {});
  const jars = await kafkaJars(config.cache, log);
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'throughline-kafka-')));
  await stopLeftOver(directory, log);
  const [free, controllerPort] = await freePorts();
  const port = options.port ?? free;
  const classpath = join(jars, '*');
  const properties = await format(directory, classpath, { port, controllerPort });
  const child = spawn(
    'java',
    ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-cp', classpath, 'kafka.Kafka', properties],
    { detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  await ready(child, log);
  await noteBroker(directory, child.pid ?? 0);
  return {
    brokers: [`127.0.0.1:${port}`],
    pid: child.pid ?? null,
    stop: async () => {
      await end(child);
      await forgetBroker(directory);
      if (!options.directory) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Writes the properties (the ports change at every start) and formats the storage the first time. */
async function format(
  directory: string,
  classpath: string,
  ports: { port: number; controllerPort: number },
): Promise<string> {
  const data = join(directory, 'data');
  const properties = join(directory, 'server.properties');
  await mkdir(directory, { recursive: true });
  await writeFile(properties, serverProperties({ ...ports, data }));
  if (existsSync(join(data, 'meta.properties'))) return properties;
  // Kafka's own form of a UUID; asking its StorageTool for one costs another start of Java.
  const clusterId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  const quick = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', classpath];
  await run('java', [
    ...quick,
    'kafka.tools.StorageTool',
    'format',
    `--cluster-id=${clusterId}`,
    '-c',
    properties,
  ]);
  return properties;
}

/** Both are held open until both are known, so that they differ. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
  const [first = 0, second = 0] = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) await once(server.close(), 'close');
  return [first, second];
}

async function ready(child: ChildProcess, log: (line: string) => void): Promise<void> {
  const last: string[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`Kafka ${why}:\n${last.join('\n')}`));
      const timer = setTimeout(() => fail(`did not start within ${START_MS / 1000} s`), START_MS);
      child.once('error', reject);
      child.once('exit', (code) => fail(`ended with ${code} at start`));
      child.once('exit', () => clearTimeout(timer));
      // Both streams are read to the end of its life: a full pipe would stop the broker.
      for (const stream of [child.stdout, child.stderr]) {
        if (!stream) continue;
        createInterface({ input: stream }).on('line', (line) => {
          log(line);
          if (last.push(line) > 20) last.shift();
          if (!line.includes(READY)) return;
          clearTimeout(timer);
          resolve();
        });
      }
    });
  } catch (error) {
    await end(child);
    throw error;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}
