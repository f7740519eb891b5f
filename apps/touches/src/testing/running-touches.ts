import { fromRecord, type JourneyEvent } from '@throughline/contracts';
import { MemoryStore, memoryLog, readAll, type Log } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { testDatabase } from '@throughline/postgres/testing';
import { Relay } from '@throughline/relay';
import { serve, ServiceLog } from '@throughline/service';
import { BUSY_MACHINE } from '@throughline/service/testing';
import { observeLog } from '@throughline/telemetry';
import { recordedTelemetry, type RecordedTelemetry } from '@throughline/telemetry/testing';
import { TOUCH_TOPICS, TouchesModule, type TouchDeps } from '../touches.module.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface RunningTouches {
  readonly url: string;
  readonly database: Database;
  /** the log's records; `down` makes it refuse */
  readonly store: MemoryStore;
  readonly spans: RecordedTelemetry['spans'];
  readonly logged: readonly string[];
  get(path: string): Promise<Answer>;
  post(path: string, body: string | Buffer, headers?: Record<string, string>): Promise<Answer>;
  /** A part of the running service. */
  provider<T>(token: abstract new (...deps: never[]) => T): T;
  /** Every event on the log, after the outbox was emptied. */
  events(): Promise<JourneyEvent[]>;
  drop(): Promise<void>;
}

/** The service behind its HTTP door, over a database of its own and a log in memory. */
export async function runningTouches(options: Partial<TouchDeps> = {}): Promise<RunningTouches> {
  const { url, drop } = await testDatabase('touches');
  const database = await Database.open({ url, name: 'touches' });
  const { telemetry, spans } = recordedTelemetry('touches');
  const store = new MemoryStore();
  const log = memoryLog({ store, observe: observeLog(telemetry, 'memory') });
  await log.createTopics(TOUCH_TOPICS.map((name) => ({ name, partitions: 3 })));
  const logged: string[] = [];
  const service = await serve({
    modules: [TouchesModule.register({ database, log, telemetry, ...options })],
    title: 'Touches',
    version: '0',
    port: 0,
    limits: BUSY_MACHINE,
    log: new ServiceLog({ service: 'touches', write: (line) => void logged.push(line) }),
    telemetry,
  });
  const relay = service.app.get(Relay, { strict: false });
  return {
    url: service.url,
    database,
    store,
    spans,
    logged,
    get: async (path) => read(await fetch(service.url + path)),
    post: async (path, body, headers = {}) =>
      read(
        await fetch(service.url + path, {
          method: 'POST',
          body: new Uint8Array(Buffer.from(body)),
          headers: { 'content-type': 'application/json', ...headers },
        }),
      ),
    provider: (token) => service.app.get(token, { strict: false }),
    async events() {
      if (!store.down) while ((await relay.runOnce()) > 0);
      return readEvents(log);
    },
    async drop() {
      await service.stop();
      await log.close();
      await database.close();
      await drop();
    },
  };
}

async function readEvents(log: Log): Promise<JourneyEvent[]> {
  const events: JourneyEvent[] = [];
  for (const topic of TOUCH_TOPICS) {
    for await (const { records } of readAll(log, topic)) events.push(...records.map(fromRecord));
  }
  return events;
}

async function read(response: Response): Promise<Answer> {
  const body = (await response.json()) as Answer['body'];
  return { status: response.status, headers: response.headers, body };
}
