import type { Doors } from './deliver.ts';
import { pauseAsAsked, request } from './http.ts';
import { inWords } from './problem.error.ts';
import type { Outcome, SendableCommand, SendableFact } from './sendable.ts';

export type ServiceName = 'touches' | 'leads' | 'opportunities' | 'journeys' | 'attribution';
/** Where each service answers; the same address for all where they share a process. */
export type ServiceUrls = Readonly<Record<ServiceName, string>>;

export const oneAddress = (url: string): ServiceUrls => ({
  touches: url,
  leads: url,
  opportunities: url,
  journeys: url,
  attribution: url,
});

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** What the whole body was answered where there is no result an item. */
interface BatchAnswer extends Readonly<Record<string, unknown>> {
  readonly results?: readonly {
    readonly status: number;
    readonly problem?: Readonly<Record<string, unknown>>;
  }[];
}

const REFUSED = [400, 413, 422];
const BUSY = 503;
const ROUNDS = 3;

/** Throughline over HTTP: for emitters, importers and readers. Every failure is a ProblemAnswer or NoAnswer. */
export class Client implements Doors {
  constructor(readonly urls: ServiceUrls) {}

  get<T>(service: ServiceName, path: string, query: Query = {}): Promise<T> {
    return request<T>({ method: 'GET', url: this.#url(service, path, query) });
  }

  /** Asks once and waits no longer than so many milliseconds; a 503 of health is an answer. */
  once<T>(service: ServiceName, path: string, ms: number): Promise<T> {
    const answers = path.startsWith('/health/') ? [503] : [];
    return request<T>({ method: 'GET', url: this.#url(service, path), answers, onceMs: ms });
  }

  /** Whether a service is up to date, with its figures; an unhealthy answer is an answer. */
  health<T>(service: ServiceName): Promise<T> {
    return request<T>({ method: 'GET', url: this.#url(service, '/health/fresh'), answers: [503] });
  }

  post<T>(service: ServiceName, path: string, body: unknown = {}): Promise<T> {
    return request<T>({ method: 'POST', url: this.#url(service, path), body });
  }

  /** Sends a body byte for byte to the facts door. @returns its answer, good or mixed or refused */
  emit<T>(body: string | Uint8Array, contentType: string): Promise<T> {
    return request<T>({
      method: 'POST',
      url: this.#url('touches', '/v1/events'),
      body,
      contentType,
      answers: REFUSED,
    });
  }

  /** Every item of a list, page after page. */
  async *all<T>(service: ServiceName, path: string, query: Query = {}): AsyncIterable<T> {
    let cursor: string | null = null;
    do {
      const page: Page<T> = await this.get(service, path, cursor === null ? query : { ...query, cursor });
      yield* page.items;
      cursor = page.next;
    } while (cursor !== null);
  }

  facts(batch: readonly SendableFact[]): Promise<readonly Outcome[]> {
    const events = batch.map((fact) => ({
      specversion: '1.0',
      id: fact.id,
      source: fact.source,
      type: `throughline.${fact.name}.v1`,
      ...(fact.occurredAt === null ? {} : { time: fact.occurredAt, precision: fact.precision }),
      ...(fact.inferred.length === 0 ? {} : { inferred: fact.inferred.join(',') }),
      data: fact.data,
    }));
    return itemByItem(events, (some) =>
      this.#batch('touches', '/v1/events', some, 'application/cloudevents-batch+json'),
    );
  }

  /** Where a stream was too busy for one of them the whole batch goes again: its ids make that change nothing else. */
  commands(
    service: SendableCommand['service'],
    batch: readonly SendableCommand[],
  ): Promise<readonly Outcome[]> {
    const commands = batch.map((each) => ({
      command: each.command,
      id: each.on,
      idempotencyKey: each.commandId,
      source: each.source,
      occurredAt: each.occurredAt,
      precision: each.precision,
      inferred: each.inferred,
      data: each.data,
    }));
    return itemByItem(commands, async (some) => {
      for (let round = 1; ; round += 1) {
        const answer = await this.#batch(service, `/v1/${service}/commands`, { commands: some });
        const isBusy = answer.results?.some(({ status }) => status === BUSY) ?? false;
        if (!isBusy || round === ROUNDS) return answer;
        await pauseAsAsked(round, null);
      }
    });
  }

  #batch(
    service: ServiceName,
    path: string,
    body: unknown,
    contentType = 'application/json',
  ): Promise<BatchAnswer> {
    return request({ method: 'POST', url: this.#url(service, path), body, contentType, answers: REFUSED });
  }

  #url(service: ServiceName, path: string, query: Query = {}): URL {
    const url = new URL(path, this.urls[service]);
    for (const [name, value] of Object.entries(query))
      for (const each of [value].flat()) if (each !== undefined) url.searchParams.append(name, String(each));
    return url;
  }
}

/** Where a body is refused whole it goes again in halves, until the item at fault stands alone. */
async function itemByItem<T>(
  items: readonly T[],
  send: (items: readonly T[]) => Promise<BatchAnswer>,
): Promise<readonly Outcome[]> {
  const answer = await send(items);
  if (answer.results !== undefined || answer['code'] === undefined) return outcomes(answer, items.length);
  if (items.length === 1) return [{ taken: false, reason: inWords(answer) }];
  const middle = Math.ceil(items.length / 2);
  const first = await itemByItem(items.slice(0, middle), send);
  return [...first, ...(await itemByItem(items.slice(middle), send))];
}

/** @throws when the answer does not have one result an item: to guess which is which would lose some */
function outcomes(answer: BatchAnswer, expected: number): readonly Outcome[] {
  if (answer.results?.length !== expected)
    throw new Error(
      `${expected} items were sent and ${answer.results?.length ?? 'no'} results came: ${JSON.stringify(answer).slice(0, 300)}`,
    );
  return answer.results.map(({ status, problem }) =>
    status < 300 ? { taken: true } : { taken: false, reason: inWords(problem ?? {}) },
  );
}
