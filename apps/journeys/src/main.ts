import { TOPICS } from '@throughline/contracts';
import { kafkaLog, postgresLog, type Log } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { Lifecycle, serve, ServiceLog, stopOnSignal } from '@throughline/service';
import { observeLog, startTelemetry, type Telemetry } from '@throughline/telemetry';
import { journeysConfig, type JourneysConfig } from './journeys.config.ts';
import { JourneysModule } from './journeys.module.ts';

const config = journeysConfig(process.env);
const telemetry = startTelemetry('journeys', process.env);
const serviceLog = new ServiceLog({ service: 'journeys' });
const database = await Database.open({ url: config.DATABASE_URL, name: 'journeys' });
const log = openLog(config, telemetry);
await checkTopics(log);

const service = await serve({
  modules: [JourneysModule.register({ database, log, telemetry })],
  title: 'Throughline journeys',
  version: '0.1.0',
  port: config.PORT,
  host: config.HOST,
  log: serviceLog,
  telemetry,
});
const lifecycle = service.app.get(Lifecycle);
lifecycle.pool(() => log.close());
lifecycle.pool(() => database.close());
lifecycle.pool(() => telemetry.shutdown());
stopOnSignal(service.stop);

function openLog({ LOG, KAFKA_BROKERS = [], LOG_DATABASE_URL = '' }: JourneysConfig, spans: Telemetry): Log {
  if (LOG === 'kafka') {
    const line = (text: string) => serviceLog.warn(text);
    return kafkaLog({
      brokers: KAFKA_BROKERS,
      clientId: 'journeys',
      log: line,
      observe: observeLog(spans, 'kafka'),
    });
  }
  return postgresLog({ url: LOG_DATABASE_URL, observe: observeLog(spans, 'postgresql') });
}

/** Default retention would delete imported history, so the service does not start on it. */
async function checkTopics(on: Log): Promise<void> {
  const found = TOPICS.map(async (name) => ({ name, partitions: (await on.marks(name)).length }));
  await on.checkTopics(await Promise.all(found));
}
