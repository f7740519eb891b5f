import { definition, LOG_TOPICS, toRecord, type JourneyEvent } from '@throughline/contracts';
import { memoryLog, type Log } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { testDatabase } from '@throughline/postgres/testing';
import { formatAfter, furthest, serve, ServiceLog, type After } from '@throughline/service';
import { startTelemetry } from '@throughline/telemetry';
import { AttributionModule } from '../attribution.module.ts';
import { AttributionWorkers } from '../attribution-workers.ts';

export type Answer = Record<string, unknown> & {
  readonly items: readonly Record<string, unknown>[];
  readonly next: string | null;
};

/** The service on a fresh database, over a log of its own unless one is given, asked over HTTP. */
export interface RunningAttribution {
  readonly database: Database;
  readonly log: Log;
  readonly workers: AttributionWorkers;
  readonly url: string;
  /** Sends events to the log in the order given; `settled` and later questions wait for their effect. */
  send(...events: readonly JourneyEvent[]): Promise<void>;
  /** Waits until everything sent was concluded from. */
  settled(): Promise<void>;
  get<T = Answer>(path: string): Promise<T>;
  ask(path: string, method?: 'GET' | 'POST', body?: unknown): Promise<{ status: number; body: Answer }>;
  stop(): Promise<void>;
}

export async function runningAttribution(
  given: {
    readonly log?: Log;
    readonly now?: () => Date;
    readonly seen?: (log: Log) => Log;
    readonly mostAtOnce?: number;
    /** what another program left */
    readonly before?: (database: Database, log: Log) => Promise<void>;
  } = {},
): Promise<RunningAttribution> {
  const { url, drop } = await testDatabase('attribution');
  const database = await Database.open({ url, name: 'attribution' });
  const { log = memoryLog({ haltedMs: 50 }), seen = (it) => it, mostAtOnce = 10 } = given;
  await log.createTopics(LOG_TOPICS.map((name) => ({ name, partitions: 3 })));
  await given.before?.(database, log);
  const telemetry = startTelemetry('attribution', {});
  const deps = { database, log: seen(log), telemetry, mostAtOnce, ...(given.now ? { now: given.now } : {}) };
  const service = await serve({
    modules: [AttributionModule.register(deps)],
    ...{ title: 'attribution under test', version: '0', port: 0, telemetry },
    log: new ServiceLog({ service: 'attribution', level: 'error' }),
  });
  const workers = service.app.get(AttributionWorkers, { strict: false });
  await workers.starting.runOnce();
  let places: After[] = [];
  const ask = async (path: string, method: 'GET' | 'POST' = 'GET', body?: unknown) => {
    const address = new URL(path, service.url);
    if (
      method === 'GET' &&
      /^\/v1\/(credit(?!\/(digest|verify|recompute))|assists|recognition|paths|campaigns)/.test(path) &&
      places.length > 0
    )
      address.searchParams.set('after', formatAfter(places));
    const sent =
      method === 'GET'
        ? {}
        : { body: JSON.stringify(body ?? {}), headers: { 'content-type': 'application/json' } };
    const response = await fetch(address, { method, ...sent });
    return { status: response.status, body: (await response.json()) as Answer };
  };
  return {
    ...{ database, log, workers, url: service.url, ask },
    async send(...events) {
      for (const event of events) {
        const { key, value, headers, timestamp } = toRecord(event);
        const placed = await log.send(definition(event.name).topic, [{ key, value, headers, timestamp }]);
        places = furthest([...places, ...placed.map((place) => ({ kind: 'position' as const, ...place }))]);
      }
    },
    async settled() {
      for (const place of places) {
        if (place.kind !== 'position') continue;
        const token = `p.${place.topic}.${place.partition}.${place.offset}`;
        const reached = await workers.reactor.waitFor(token, 30_000);
        if (reached === 'applied') continue;
        const { events } = await workers.reactor.parked.list({ limit: 1 });
        throw new Error(`${token} is ${reached}: ${events[0]?.reason}`);
      }
      if (!(await workers.due.credited(30_000))) throw new Error('deals are due for 30 s');
    },
    async get<T>(path: string) {
      const { status, body } = await ask(path);
      if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
      return body as T;
    },
    async stop() {
      await service.stop();
      if (!given.log) await log.close();
      await telemetry.shutdown();
      await database.close();
      await drop();
    },
  };
}
