import { fromRecord, type JourneyEvent } from '@throughline/contracts';
import { memoryLog, readAll, type Log } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { testDatabase } from '@throughline/postgres/testing';
import { serve, ServiceLog } from '@throughline/service';
import { BUSY_MACHINE } from '@throughline/service/testing';
import { startTelemetry } from '@throughline/telemetry';
import { LeadWorkers } from '../lead/lead-workers.ts';
import { LeadsModule } from '../lead/lead.module.ts';

export interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly body: Record<string, unknown>;
}

export interface RunningLeads {
  readonly database: Database;
  readonly log: Log;
  readonly workers: LeadWorkers;
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** What is on the log, once the outbox is empty: each partition in its order. */
  published(): Promise<JourneyEvent[]>;
  drop(): Promise<void>;
}

/**
 * The service behind its HTTP door, over a database of its own and a log in memory.
 * @param seen the log as the service sees it
 */
export async function runningLeads(
  now: () => Date,
  seen: (log: Log) => Log = (log) => log,
): Promise<RunningLeads> {
  const { url, drop } = await testDatabase('leads');
  const database = await Database.open({ url, name: 'leads' });
  const log = memoryLog();
  await log.createTopics([
    { name: 'journey.leads', partitions: 3 },
    { name: 'journey.opportunities', partitions: 3 },
  ]);
  const telemetry = startTelemetry('leads', {});
  const service = await serve({
    modules: [LeadsModule.register({ database, log: seen(log), telemetry, now })],
    title: 'Leads',
    version: '0',
    port: 0,
    limits: BUSY_MACHINE,
    log: new ServiceLog({ service: 'leads', level: 'error' }),
    telemetry,
  });
  const workers = service.app.get(LeadWorkers, { strict: false });
  return {
    database,
    log,
    workers,
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
      while ((await workers.relay.runOnce()) > 0);
      const events: JourneyEvent[] = [];
      for await (const { records } of readAll(log, 'journey.leads')) events.push(...records.map(fromRecord));
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
