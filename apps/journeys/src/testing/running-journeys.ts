import { definition, toRecord, TOPICS, type JourneyEvent } from '@throughline/contracts';
import { memoryLog, MemoryStore, type Log } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { testDatabase } from '@throughline/postgres/testing';
import { formatAfter, furthest, serve, ServiceLog, type After } from '@throughline/service';
import { documentedAnswers } from '@throughline/service/testing';
import { startTelemetry } from '@throughline/telemetry';
import { JourneysModule } from '../journeys.module.ts';
import { Opening } from '../operation/opening.ts';

/** The service on a fresh database and a log in memory, asked over HTTP; every answer is held against its document. */
export interface RunningJourneys {
  readonly database: Database;
  readonly log: Log;
  /** what the log holds */
  readonly store: MemoryStore;
  readonly opening: Opening;
  readonly url: string;
  /** Sends events to the log in the order given; later questions wait for their effect. */
  send(...events: readonly JourneyEvent[]): Promise<void>;
  get<T = Answer>(path: string): Promise<T>;
  ask(path: string, method?: 'GET' | 'POST', body?: unknown): Promise<{ status: number; body: Answer }>;
  stop(): Promise<void>;
}

export type Answer = Record<string, unknown> & {
  readonly items: readonly Record<string, unknown>[];
  next: string | null;
};

/**
 * @param seen the log as the service sees it
 * @param before makes what is there when the service starts
 */
export async function runningJourneys(
  label: string,
  seen: (log: Log) => Log = (log) => log,
  before: (database: Database, log: Log) => Promise<void> = async () => undefined,
): Promise<RunningJourneys> {
  const { url, drop } = await testDatabase(label);
  const database = await Database.open({ url, name: label });
  const store = new MemoryStore();
  const log = memoryLog({ store, haltedMs: 50 });
  await log.createTopics(TOPICS.map((name) => ({ name, partitions: 3 })));
  await before(database, log);
  const telemetry = startTelemetry('journeys', {});
  const service = await serve({
    modules: [JourneysModule.register({ database, log: seen(log), telemetry })],
    ...{ title: 'journeys under test', version: '0', port: 0, telemetry },
    log: new ServiceLog({ service: 'journeys', level: 'error' }),
  });
  const check = await documentedAnswers(service.url);
  let places: After[] = [];
  const ask = async (path: string, method: 'GET' | 'POST' = 'GET', body?: unknown) => {
    const address = new URL(path, service.url);
    const waits = method === 'GET' && /^\/v1\/(journeys|reports\/|events)/.test(path);
    if (waits && places.length > 0) address.searchParams.set('after', formatAfter(places));
    const sent =
      method === 'GET'
        ? {}
        : { body: JSON.stringify(body ?? {}), headers: { 'content-type': 'application/json' } };
    const response = await fetch(address, { method, ...sent });
    const answered = { status: response.status, body: (await response.json()) as Answer };
    check({ method, path, ...answered });
    return answered;
  };
  return {
    ...{ database, log, store, url: service.url, ask, opening: service.app.get(Opening, { strict: false }) },
    async send(...events) {
      for (const event of events) {
        const { key, value, headers, timestamp } = toRecord(event);
        const placed = await log.send(definition(event.name).topic, [{ key, value, headers, timestamp }]);
        places = furthest([...places, ...placed.map((place) => ({ kind: 'position' as const, ...place }))]);
      }
    },
    async get<T>(path: string) {
      const { status, body } = await ask(path);
      if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
      return body as T;
    },
    async stop() {
      await service.stop();
      await log.close();
      await database.close();
      await drop();
    },
  };
}
