import { isInfrastructure, type Database } from '@throughline/postgres';
import { APPLIED } from './applier.ts';
import { identifier } from './table-sql.ts';

/** applied: the effect can be read; parked: it waits under its key; timed-out: neither yet */
export type Reached = 'applied' | 'parked' | 'timed-out';

/** A wake-up can be lost with its connection; this is how late a waiter notices then. */
const LOOK_AGAIN_MS = 250;
/** Batches may be applied faster than this; waiters do not look more often for them. */
const BREATH_MS = 20;

/**
 * Lets queries wait for their own writes: wakes on the commit of a batch, in this process or another.
 * All who wait look together, in one statement: a look of each at every commit would cost more than the commit.
 */
export class Waiting {
  readonly #database: Database;
  readonly #name: string;
  readonly #live: () => Promise<{ schema: string }>;
  readonly #waiters = new Set<Waiter>();
  /** who came since the last look began */
  #isNew = false;
  #wake: () => void = () => undefined;
  #watching = false;
  #stop: (() => Promise<void>) | null = null;

  constructor(database: Database, name: string, live: () => Promise<{ schema: string }>) {
    this.#database = database;
    this.#name = name;
    this.#live = live;
  }

  async start(): Promise<void> {
    this.#stop ??= await this.#database.listen(APPLIED, (payload) => {
      if (payload === this.#name || payload === '') this.#wake();
    });
  }

  async stop(): Promise<void> {
    const stop = this.#stop;
    this.#stop = null;
    await stop?.();
  }

  /** @throws RangeError for a token of neither form */
  async waitFor(token: string, timeoutMs: number): Promise<Reached> {
    const { promise, resolve, reject } = Promise.withResolvers<Reached>();
    const waiter: Waiter = { ...parse(token), end: performance.now() + timeoutMs, resolve, reject };
    this.#waiters.add(waiter);
    this.#isNew = true;
    this.#wake();
    if (!this.#watching) void this.#watch();
    return promise;
  }

  /** Looks for as long as somebody waits. Each is looked for once at least, and once more when its time is over. */
  async #watch(): Promise<void> {
    this.#watching = true;
    while (this.#waiters.size > 0) {
      const ends = [...this.#waiters].map(({ end }) => end);
      const left = Math.max(0, Math.min(...ends) - performance.now());
      const woken = this.#sleep(Math.min(LOOK_AGAIN_MS, left));
      this.#isNew = false;
      await this.#look([...this.#waiters]);
      if (this.#waiters.size === 0) break;
      await woken;
      // who just came has not looked yet; all others have
      if (!this.#isNew) await pause(BREATH_MS);
    }
    this.#watching = false;
  }

  async #look(waiters: readonly Waiter[]): Promise<void> {
    const began = performance.now();
    const answer = (waiter: Waiter, give: () => void) => {
      this.#waiters.delete(waiter);
      give();
    };
    try {
      const reached = await this.#reached(waiters);
      for (const waiter of waiters) {
        const it = reached.get(waiter.token) ?? (waiter.end <= began ? 'timed-out' : null);
        if (it !== null) answer(waiter, () => waiter.resolve(it));
      }
    } catch (error) {
      const passing = isInfrastructure(error);
      for (const waiter of waiters) {
        if (!passing) answer(waiter, () => waiter.reject(error));
        else if (waiter.end <= began) answer(waiter, () => waiter.resolve('timed-out'));
      }
    }
  }

  async #reached(waiters: readonly Waiter[]): Promise<Map<string, Reached>> {
    const { schema } = await this.#live();
    const places = waiters.flatMap(({ token, place }) => (place ? [{ token, ...place }] : []));
    const events = waiters.flatMap(({ token, event }) => (event === undefined ? [] : [{ token, event }]));
    const { rows } = await this.#database.query<{ token: string; parked: boolean }>(findReached(schema), [
      places.map(({ token }) => token),
      places.map(({ topic }) => topic),
      places.map(({ partition }) => partition),
      places.map(({ offset }) => offset),
      events.map(({ token }) => token),
      events.map(({ event }) => event),
    ]);
    return new Map(rows.map(({ token, parked }) => [token, parked ? 'parked' : 'applied']));
  }

  /** Begins to listen at once, so that a commit between looking and sleeping is not missed. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** What is waited for: a place or an event. */
interface Awaited {
  readonly token: string;
  readonly place?: { readonly topic: string; readonly partition: number; readonly offset: string };
  readonly event?: string;
}

interface Waiter extends Awaited {
  readonly end: number;
  readonly resolve: (reached: Reached) => void;
  readonly reject: (error: unknown) => void;
}

/** Names the tables with their schema: one statement without a transaction around it. */
function findReached(schema: string): string {
  const of = (table: string) => `${identifier(schema)}.${table}`;
  return `
    select w.token, parked from unnest($1::text[], $2::text[], $3::int[], $4::bigint[]) as w (token, topic, partition, place),
      lateral (select exists (select 1 from ${of('parked')} k where (k.topic, k.partition, k."offset") = (w.topic, w.partition, w.place)
        and k.state <> 'discarded') as parked) k
    where parked or exists (select 1 from ${of('position')} p
      where (p.topic, p.partition) = (w.topic, w.partition) and p.next_offset > w.place)
    union all
    select w.token, e.event_id is null from unnest($5::text[], $6::uuid[]) as w (token, event)
    left join ${of('entry')} e on e.event_id = w.event
    where e.event_id is not null
      or exists (select 1 from ${of('parked')} k where k.event_id = w.event and k.state <> 'discarded')`;
}

function parse(token: string): Awaited {
  const [, topic = '', partition, offset = ''] =
    /^p\.([a-z0-9._-]{1,200})\.(\d{1,9})\.(\d{1,18})$/.exec(token) ?? [];
  if (partition !== undefined) return { token, place: { topic, partition: Number(partition), offset } };
  const [, event] = /^e\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(token) ?? [];
  if (event !== undefined) return { token, event };
  throw new RangeError('after must be p.<topic>.<partition>.<offset> or e.<event id>, as an answer gave it');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
