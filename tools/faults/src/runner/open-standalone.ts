import { join } from 'node:path';
import { freePorts } from '@throughline/kafka-broker';
import { postgresLog } from '@throughline/log';
import { TcpProxy } from '@throughline/log/testing';
import { serviceProcess } from '@throughline/standalone';
import { PostgresServer } from './postgres-server.ts';
import { chance } from './random.ts';
import { Service } from './service.ts';
import { INSTANCES, World, type Instance, type WorldOptions } from './world.ts';

/** What `npm start -- --empty` runs: every service in one process, which starts and adopts its own PostgreSQL. */
export function openStandalone({ directory, env, imports, seed }: WorldOptions): Promise<World> {
  return World.open(async (undo) => {
    const data = join(directory.path, 'data');
    const [port = 0] = await freePorts(1);
    const random = chance(seed, 'standalone');
    const http = await TcpProxy.start({ host: '127.0.0.1', port }, { random: () => random.next() });
    undo.push(() => http.stop());
    const service = new Service('standalone', {
      ...{ port, http, database: null },
      launch: (more) => {
        const started = serviceProcess('standalone', {
          ...{ port, brokers: [], database: '', folder: directory.path, imports },
          words: ['--data', data, '--port', String(port)],
          env: {
            ...env,
            ALLOWED_HOSTS: `127.0.0.1:${http.port}`,
            ...more,
            THROUGHLINE_HOME: directory.path,
          },
        });
        directory.note(started.pid);
        return started;
      },
    });
    undo.push(() => service.stop());
    await service.start();
    const postgres = PostgresServer.of(data);
    directory.note(postgres.pid);
    const log = postgresLog({ url: postgres.url('log') });
    undo.push(() => log.close());
    const services = Object.fromEntries(INSTANCES.map((name) => [name, service])) as Record<
      Instance,
      Service
    >;
    return { postgres, log, services, brokers: [], brokerAddresses: [] };
  });
}
