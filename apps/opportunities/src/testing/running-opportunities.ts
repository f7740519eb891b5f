import { fromRecord, type JourneyEvent } from '@throughline/contracts';
import { memoryLog, readAll, type Log } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { testDatabase } from '@throughline/postgres/testing';
import { Relay } from '@throughline/relay';
import { serve, ServiceLog } from '@throughline/service';
import { BUSY_MACHINE } from '@throughline/service/testing';
import { startTelemetry } from '@throughline/telemetry';
import { OpportunitiesModule } from '../opportunity/opportunity.module.ts';

export interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly body: Record<string, unknown>;
}

export interface RunningOpportunities {
  readonly database: Database;
  readonly log: Log;
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** What is on the log, once the outbox is empty: each partition in its order. */
  published(): Promise<JourneyEvent[]>;
  drop(): Promise<void>;
}

/** The service behind its HTTP door, over a database of its own and a log in memory. */
export async function runningOpportunities(now: () => Date): Promise<RunningOpportunities> {
  const { url, drop } = await testDatabase('opportunities');
  const database = await Database.open({ url, name: 'opportunities' });
  const log = memoryLog();
  await log.createTopics([{ name: 'journey.opportunities', partitions: 3 }]);
  const telemetry = startTelemetry('opportunities', {});
  const service = await serve({
    modules: [OpportunitiesModule.register({ database, log, telemetry, now })],
    title: 'Opportunities',
    version: '0',
    port: 0,
    limits: BUSY_MACHINE,
    log: new ServiceLog({ service: 'opportunities', level: 'error' }),
    telemetry,
  });
  const relay = service.app.get(Relay, { strict: false });
  return {
    database,
    log,
    get: async (path) => read(await fetch(`${service.url}${path}`)),
    post: async (path, body, headers = {}) =>
      read(
        await fetch(`${service.url}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
        }),
      ),
    async published() {
      while ((await relay.runOnce()) > 0);
      const events: JourneyEvent[] = [];
      for await (const { records } of readAll(log, 'journey.opportunities'))
        events.push(...records.map(fromRecord));
      return events;
    },
    async drop() {
      await service.stop();
      await log.close();
      await database.close();
      await drop();
    },
  };
}

async function read(response: Response): Promise<Answer> {
  const body = (await response.json()) as Answer['body'];
  return { status: response.status, etag: response.headers.get('etag'), body };
}
