import { AttributionModule } from '@throughline/attribution-service';
import { Client, oneAddress } from '@throughline/client';
import { LOG_TOPICS } from '@throughline/contracts';
import { JourneysModule } from '@throughline/journeys';
import { LeadsModule } from '@throughline/leads';
import type { Log } from '@throughline/log';
import { OpportunitiesModule } from '@throughline/opportunities';
import { Database } from '@throughline/postgres';
import { testDatabase } from '@throughline/postgres/testing';
import { serve, ServiceLog, type ServeOptions } from '@throughline/service';
import { startTelemetry, type Telemetry } from '@throughline/telemetry';
import { TouchesModule } from '@throughline/touches';
import { EmbeddedLogModule } from '../embedded-log.module.ts';
import { Journeys } from './journeys.ts';
import { settled } from './settled.ts';

interface OneProcessOptions {
  readonly log: Log;
  /** the way of the facts' door to the same log, where it is to fail by itself */
  readonly doorLog?: Log;
  readonly partitions?: number;
  readonly telemetry?: Telemetry;
  readonly limits?: NonNullable<ServeOptions['limits']>;
}

export interface OneProcess {
  readonly client: Client;
  readonly journeys: Journeys;
  /** of journeys, as its owner */
  readonly database: Database;
  /** of attribution, as its owner */
  readonly attribution: Database;
  /** e.g. http://127.0.0.1:3400 */
  readonly url: string;
  /** Waits until everything sent has gone through outbox, log, reactor and projection. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

const services = ['touches', 'leads', 'opportunities', 'journeys', 'attribution'] as const;

/** The services in one process, as `npm start` composes them, over fresh databases and the log given. */
export async function oneProcess(options: OneProcessOptions): Promise<OneProcess> {
  const { log, doorLog = log, partitions = 3, telemetry = startTelemetry('standalone', {}) } = options;
  await log.createTopics(LOG_TOPICS.map((name) => ({ name, partitions })));
  const opened = await Promise.all(services.map(open));
  const [touches, leads, opportunities, journeys, attribution] = opened.map(({ database }) => database) as [
    Database,
    Database,
    Database,
    Database,
    Database,
  ];
  const shared = { log, telemetry };
  const service = await serve({
    modules: [
      TouchesModule.register({ database: touches, log: doorLog, telemetry }),
      LeadsModule.register({ database: leads, ...shared }),
      OpportunitiesModule.register({ database: opportunities, ...shared }),
      JourneysModule.register({ database: journeys, ...shared }),
      AttributionModule.register({ database: attribution, ...shared }),
      EmbeddedLogModule.of(log),
    ],
    ...{ title: 'Throughline under test', version: '0', port: 0, telemetry },
    log: new ServiceLog({ service: 'standalone', level: 'error' }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  const client = new Client(oneAddress(service.url));
  return {
    client,
    journeys: new Journeys(client),
    database: journeys,
    attribution,
    url: service.url,
    settled: () => settled(client),
    async stop() {
      await service.stop();
      await Promise.all(opened.map(({ close }) => close()));
      await telemetry.shutdown();
    },
  };
}

async function open(name: string): Promise<{ database: Database; close(): Promise<void> }> {
  const { url, drop } = await testDatabase(name);
  const database = await Database.open({ url, name });
  return {
    database,
    async close() {
      await database.close();
      await drop();
    },
  };
}
