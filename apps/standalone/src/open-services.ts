import { createWriteStream, fchmodSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { AttributionModule } from '@throughline/attribution-service';
import { LOG_TOPICS } from '@throughline/contracts';
import { JourneysModule } from '@throughline/journeys';
import { LeadsModule } from '@throughline/leads';
import { postgresLog } from '@throughline/log';
import { OpportunitiesModule } from '@throughline/opportunities';
import { Database } from '@throughline/postgres';
import { allowedHosts, readConfig, serve, ServiceLog } from '@throughline/service';
import { observeLog, startTelemetry } from '@throughline/telemetry';
import { readQuarantineLimits, TouchesModule } from '@throughline/touches';
import { z } from 'zod';
import { EmbeddedLogModule } from './embedded-log.module.ts';
import type { Installation } from './installation.ts';
import { environment } from './standalone.config.ts';

/** Partitions of every topic: room for a dozen consumers; never changed later, since keys would move. */
const PARTITIONS = 12;

export interface OpenServices {
  readonly url: string;
  stop(): Promise<boolean>;
}

/** Every service's module in one process, each with its own database, over the embedded log. */
export async function openServices(installation: Installation, port: number): Promise<OpenServices> {
  const path = join(installation.directory, 'throughline.log');
  const file = openSync(path, 'a', 0o600);
  fchmodSync(file, 0o600); // made by an older program for everybody to read
  const lines = createWriteStream(path, { fd: file });
  const serviceLog = new ServiceLog({ service: 'standalone', write: (line) => void lines.write(line) });
  const telemetry = startTelemetry('standalone', environment);
  const open = (name: keyof Installation['urls']) => Database.open({ url: installation.urls[name], name });
  const [logDatabase, touches, leads, opportunities, journeys, attribution] = await Promise.all(
    (['log', 'touches', 'leads', 'opportunities', 'journeys', 'attribution'] as const).map(open),
  );
  const databases = [logDatabase, touches, leads, opportunities, journeys, attribution] as Database[];
  const log = postgresLog({
    database: logDatabase as Database,
    observe: observeLog(telemetry, 'postgresql'),
  });
  await log.createTopics(LOG_TOPICS.map((name) => ({ name, partitions: PARTITIONS })));
  const lend = (database: Database | undefined) => ({ database: database as Database, log, telemetry });
  const service = await serve({
    modules: [
      TouchesModule.register({ ...lend(touches), quarantine: readQuarantineLimits(environment) }),
      LeadsModule.register(lend(leads)),
      OpportunitiesModule.register(lend(opportunities)),
      JourneysModule.register(lend(journeys)),
      AttributionModule.register(lend(attribution)),
      EmbeddedLogModule.of(log),
    ],
    title: 'Throughline',
    version: '1',
    port,
    allowedHosts: readConfig(z.object({ ALLOWED_HOSTS: allowedHosts() }), environment).ALLOWED_HOSTS,
    log: serviceLog,
    telemetry,
  });
  return {
    url: service.url,
    async stop() {
      const inTime = await service.stop();
      await log.close();
      await Promise.all(databases.map((database) => database.close()));
      await telemetry.shutdown();
      lines.end();
      return inTime;
    },
  };
}
