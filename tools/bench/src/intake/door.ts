import { TOPICS } from '@throughline/contracts';
import { freePorts, type Cluster } from '@throughline/kafka-broker';
import { kafkaLog, postgresLog } from '@throughline/log';
import { openInstallation, serviceProcess } from '@throughline/standalone';
import type { BenchContext } from '../bench.ts';
import { children, cpuSeconds } from '../system/process.ts';

const PARTITIONS = 12;

/** The service that takes facts, alone in a process of its own, and what it stores them in. */
export interface Door {
  readonly url: string;
  /** seconds of CPU used so far: by the service, and by all that it needs with it (PostgreSQL, the broker) */
  cpu(): { readonly service: number; readonly all: number };
  stop(): Promise<void>;
}

/** @param kafka null: the embedded log */
export async function openDoor(context: BenchContext, kafka: Cluster | null): Promise<Door> {
  const folder = await context.folder('intake');
  const installation = await openInstallation(folder, () => undefined);
  context.onEnd(() => installation.stop());
  const env = kafka === null ? { LOG: 'postgres', LOG_DATABASE_URL: installation.urls.log } : {};
  const log =
    kafka === null
      ? postgresLog({ url: installation.urls.log })
      : kafkaLog({ brokers: kafka.brokers, clientId: 'bench' });
  await log.createTopics(TOPICS.map((name) => ({ name, partitions: PARTITIONS })));
  await log.close();
  const [port = 0] = await freePorts(1);
  const brokers = kafka?.brokers ?? [];
  const service = serviceProcess('touches', {
    port,
    database: installation.urls.touches,
    brokers,
    folder,
    env,
  });
  context.onEnd(() => service.stop());
  await service.ready;
  const stores = [installation.pid, ...(kafka?.nodes.map(({ pid }) => pid ?? 0) ?? [])];
  return {
    url: `http://127.0.0.1:${port}`,
    cpu() {
      const used = cpuSeconds(service.pid);
      const others = stores.flatMap((pid) => [pid, ...children(pid)]);
      return { service: used, all: others.reduce((sum, pid) => sum + cpuSeconds(pid), used) };
    },
    async stop() {
      await service.stop();
      await installation.stop();
    },
  };
}
