import { isInfrastructure, type Database } from '@throughline/postgres';
import { APPLIED } from './applier.ts';
import { within } from './positions.ts';

/** applied: the effect can be read; parked: it waits under its key; timed-out: neither yet */
export type Reached = 'applied' | 'parked' | 'timed-out';

/** A wake-up can be lost with its connection; this is how late a waiter notices then. */
const LOOK_AGAIN_MS = 250;
/** Batches may be applied faster than this; a waiter does not look more often. */
const BREATH_MS = 20;

/** Lets queries wait for their own writes: wakes on the commit of a batch, in this process or another. */
export class Waiting {
  readonly #database: Database;
  readonly #name: string;
  readonly #live: () => Promise<{ schema: string }>;
  readonly #sleeping = new Set<() => void>();
  #stop: (() => Promise<void>) | null = null;

  constructor(database: Database, name: string, live: () => Promise<{ schema: string }>) {
    this.#database = database;
    this.#name = name;
    this.#live = live;
  }

  async start(): Promise<void> {
    this.#stop ??= await this.#database.listen(APPLIED, (payload) => {
      if (payload === this.#name || payload === '') for (const wake of [...this.#sleeping]) wake();
    });
  }

  async stop(): Promise<void> {
    const stop = this.#stop;
    this.#stop = null;
    await stop?.();
  }

  /** @throws RangeError for a token of neither form */
  async waitFor(token: string, timeoutMs: number): Promise<Reached> {
    const look = lookFor(token);
    const end = performance.now() + timeoutMs;
    for (;;) {
      const woken = this.#wake(Math.min(LOOK_AGAIN_MS, Math.max(0, end - performance.now())));
      const reached = await this.#look(look);
      if (reached !== null) return reached;
      if (performance.now() >= end) return 'timed-out';
      await woken;
      await pause(BREATH_MS);
    }
  }

  async #look({ sql, values }: Look): Promise<Reached | null> {
    try {
      const { schema } = await this.#live();
      return await within(this.#database, schema, async (tx) => {
        const { rows } = await tx.query<{ parked: boolean; passed: boolean }>(sql, values);
        if (rows[0]?.parked) return 'parked';
        return rows[0]?.passed ? 'applied' : null;
      });
    } catch (error) {
      if (isInfrastructure(error)) return null;
      throw error;
    }
  }

  /** Begins to listen at once, so that a commit between looking and sleeping is not missed. */
  #wake(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#sleeping.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#sleeping.add(wake);
    });
  }
}

interface Look {
  readonly sql: string;
  readonly values: readonly unknown[];
}

const AT_PLACE = `select
  exists (select 1 from parked where topic = $1 and partition = $2 and "offset" = $3 and state <> 'discarded') as parked,
  exists (select 1 from position where topic = $1 and partition = $2 and next_offset > $3) as passed`;
const OF_EVENT = `select
  exists (select 1 from parked where event_id = $1 and state <> 'discarded')
    and not exists (select 1 from entry where event_id = $1) as parked,
  exists (select 1 from entry where event_id = $1) as passed`;

function lookFor(token: string): Look {
  const place = /^p\.([a-z0-9._-]{1,200})\.(\d{1,9})\.(\d{1,18})$/.exec(token);
  if (place) return { sql: AT_PLACE, values: [place[1], Number(place[2]), place[3]] };
  const event = /^e\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(token);
  if (event) return { sql: OF_EVENT, values: [event[1]] };
  throw new RangeError('after must be p.<topic>.<partition>.<offset> or e.<event id>, as an answer gave it');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
