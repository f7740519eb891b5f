import { kafkaLog, postgresLog, type Log } from '@throughline/log';
import { Database, isInfrastructure } from '@throughline/postgres';
import { Lifecycle, serve, ServiceLog, stopOnSignal } from '@throughline/service';
import { observeLog, startTelemetry, type Telemetry } from '@throughline/telemetry';
import { opportunitiesConfig, type OpportunitiesConfig } from './opportunities.config.ts';
import { OpportunitiesModule } from './opportunity/opportunity.module.ts';

const topics = ['journey.opportunities'];

const config = opportunitiesConfig(process.env);
const telemetry = startTelemetry('opportunities', process.env);
const serviceLog = new ServiceLog({ service: 'opportunities' });
const database = await Database.open({ url: config.DATABASE_URL, name: 'opportunities' });
const log = openLog(config, telemetry);
await checkTopics(log);

const service = await serve({
  modules: [OpportunitiesModule.register({ database, log, telemetry })],
  title: 'Throughline opportunities',
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

function openLog(
  { LOG, KAFKA_BROKERS = [], LOG_DATABASE_URL = '' }: OpportunitiesConfig,
  spans: Telemetry,
): Log {
  if (LOG === 'kafka') {
    const line = (text: string) => serviceLog.warn(text);
    return kafkaLog({
      brokers: KAFKA_BROKERS,
      clientId: 'opportunities',
      log: line,
      observe: observeLog(spans, 'kafka'),
    });
  }
  return postgresLog({ url: LOG_DATABASE_URL, observe: observeLog(spans, 'postgresql') });
}

/** Default retention would delete imported history, so the service does not start on it. A log that is away may come. */
async function checkTopics(on: Log): Promise<void> {
  try {
    await on.checkTopics(topics.map((name) => ({ name, partitions: config.PARTITIONS })));
  } catch (error) {
    if (!isInfrastructure(error)) throw error;
    serviceLog.warn('the log is away; decisions wait in the outbox', { reason: String(error) });
  }
}
