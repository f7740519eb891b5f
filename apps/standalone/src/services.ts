import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { localRoot, removeRunning, writeRunning } from '@throughline/client';
import { LOG_TOPICS } from '@throughline/contracts';
import { startBroker } from '@throughline/kafka-broker';
import { kafkaAccessKeys, kafkaLog } from '@throughline/log';
import { stopOnSignal } from '@throughline/service';
import { openInstallation } from './installation.ts';
import { requireDataFolder, requireFreePort } from './start-refused.ts';
import { StartStopped, StartUp } from './start-up.ts';
import { serviceProcess, type ServiceProcess } from './service-process.ts';

const help = `The services as separate processes over Apache Kafka, with an embedded PostgreSQL.

  npm run services                        one instance of each
  npm run services -- --journeys 2        two instances of journeys, each owning some of the partitions
  npm run services -- --data <folder>     another data directory
  npm run services -- --port <number>     the first of the ports, one a process; 3401 unless told

Kafka: the broker that KAFKA_BROKERS names (with KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_SASL_MECHANISM and KAFKA_TLS
where it asks for them), else one started here (needs Java 17 and Maven) with a password of its own.
Ctrl-C stops everything. The id of every process is printed, so that one can be killed to see the others go on.`;

const PARTITIONS = 12;
const order = ['touches', 'leads', 'opportunities', 'journeys', 'attribution'] as const;
type Service = (typeof order)[number];
const say = (line: string) => void process.stdout.write(`${line}\n`);

const startUp = new StartUp();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: join(localRoot, 'services') },
      journeys: { type: 'string', default: '1' },
      port: { type: 'string', default: '3401' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(help);
  const instances = Number(values.journeys);
  if (!Number.isInteger(instances) || instances < 1 || instances > 12)
    throw new Error(`--journeys takes 1 to 12, not ${values.journeys}.`);
  const firstPort = Number(values.port);
  if (!Number.isInteger(firstPort) || firstPort < 1 || firstPort > 65_000)
    throw new Error(`--port takes 1 to 65000, not ${values.port}.`);
  requireDataFolder(values.data);
  const planned = processes(instances, firstPort);
  for (const { port } of planned) await requireFreePort(port);
  stopOnSignal(async () => {
    say('\nStopping …');
    const inTime = await startUp.stop();
    removeRunning(process.pid);
    say('Stopped.');
    return inTime;
  });
  const installation = await startUp.part(
    () => openInstallation(values.data, say),
    (it) => it.stop(),
  );
  const broker = await startUp.part(
    () => startBroker({ directory: join(values.data, 'kafka'), withPassword: true }),
    (it) => it.stop(),
  );
  say(`Kafka at ${broker.brokers.join(',')}${broker.pid === null ? '' : ` (process ${broker.pid})`}`);
  const log = kafkaLog({ brokers: broker.brokers, clientId: 'services', ...broker.access });
  await startUp.until(log.createTopics(LOG_TOPICS.map((name) => ({ name, partitions: PARTITIONS }))));
  await log.close();
  const started = await startUp.part(
    () =>
      Promise.resolve(
        planned.map(({ service, port }) =>
          serviceProcess(service, {
            port,
            database: installation.urls[service],
            brokers: broker.brokers,
            folder: values.data,
            env: kafkaAccessKeys(broker.access),
          }),
        ),
      ),
    (all) => Promise.all(all.map((each) => each.stop())),
  );
  for (const each of started) say(await startUp.until(described(each)));
  writeRunning({
    pid: process.pid,
    data: values.data,
    urls: Object.fromEntries(order.map((name, at) => [name, `http://127.0.0.1:${firstPort + at}`])) as Record<
      Service,
      string
    >,
    log: { kind: 'kafka', brokers: broker.brokers, access: kafkaAccessKeys(broker.access) },
    analystUrl: installation.analystUrl,
  });
  say('\nReady. Try `npx throughline status` in another terminal; Ctrl-C stops everything.');
}

/** The services in order, and more instances of journeys after them. */
function processes(instances: number, firstPort: number): { service: Service; port: number }[] {
  const more = Array.from({ length: instances - 1 }, () => 'journeys' as const);
  return [...order, ...more].map((service, at) => ({ service, port: firstPort + at }));
}

async function described({ service, port, pid, ready }: ServiceProcess): Promise<string> {
  await ready;
  return `${service.padEnd(14)} http://127.0.0.1:${port}  (process ${pid})`;
}

await main().catch(async (error: unknown) => {
  if (error instanceof StartStopped) return; // whoever asked for the stop ends the process
  await startUp.stop();
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
