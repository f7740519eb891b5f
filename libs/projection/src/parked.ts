import type { Log, LogRecord } from '@throughline/log';
import { loadSql, type Database, type Transaction } from '@throughline/postgres';
import type { Applier, KeyOfPartition } from './applier.ts';
import { discardBatch, type Because } from './discard-batch.ts';
import { placeOf } from './item.ts';
import { unpack } from './parked-record.ts';
import { enter, lock, within, type Fence } from './positions.ts';

const listParked = loadSql(import.meta.url, './sql/list-parked.sql');
const findParked = loadSql(import.meta.url, './sql/find-parked.sql');
const countParked = loadSql(import.meta.url, './sql/count-parked.sql');
const addDiscard = loadSql(import.meta.url, './sql/add-discard.sql');
const firstParked = loadSql(import.meta.url, './sql/first-parked.sql');

export type ParkedState = 'poison' | 'gap' | 'queued' | 'discarded';

export interface ParkedEvent {
  /** `p.<topic>.<partition>.<offset>`: its name and a place to list on from */
  readonly place: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  /** null where the record could not be read */
  readonly eventId: string | null;
  readonly name: string | null;
  /** as the headers say where the record could not be read */
  readonly stream: string | null;
  readonly version: number | null;
  readonly state: ParkedState;
  readonly code: string;
  readonly reason: string;
  readonly recordedAt: string | null;
  readonly parkedAt: string;
}

export interface ParkedPage {
  readonly events: readonly ParkedEvent[];
  /** cursor of the next page, null at the end */
  readonly next: string | null;
}

/** What an operator asked cannot be done; the message says what can. */
export class ParkedRefusal extends Error {
  override readonly name = 'ParkedRefusal';
  readonly code: 'not-parked' | 'waits-for-version' | 'not-first' | 'bad-cursor';

  constructor(code: ParkedRefusal['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** The operator's side of parking: what waits, why, and what to do with it. */
export class ParkedEvents {
  readonly #database: Database;
  readonly #log: Log;
  readonly #consumer: string;
  readonly #applier: Applier;
  readonly #live: () => Promise<Fence>;

  constructor(
    { database, log }: { readonly database: Database; readonly log: Log },
    consumer: string,
    applier: Applier,
    live: () => Promise<Fence>,
  ) {
    this.#database = database;
    this.#log = log;
    this.#consumer = consumer;
    this.#applier = applier;
    this.#live = live;
  }

  async list(options: { limit: number; cursor?: string; state?: ParkedState }): Promise<ParkedPage> {
    const from = options.cursor === undefined ? ['', 0, '-1'] : cursorOf(options.cursor);
    const { schema } = await this.#live();
    const { rows } = await within(this.#database, schema, (tx) =>
      tx.query<ParkedRow>(listParked, [...from, options.limit + 1, options.state ?? null]),
    );
    const events = rows.slice(0, options.limit).map(toParked);
    return { events, next: rows.length > options.limit ? (events.at(-1)?.place ?? null) : null };
  }

  /** One parked event with its record as it came, by event id or place; null when it is not parked. */
  async show(id: string): Promise<{ event: ParkedEvent; record: LogRecord } | null> {
    const { schema } = await this.#live();
    const row = await within(this.#database, schema, (tx) => find(tx, id));
    return row && { event: toParked(row), record: unpack(row) };
  }

  async counts(): Promise<Partial<Record<ParkedState, { events: number; keys: number }>>> {
    const { schema } = await this.#live();
    const { rows } = await within(this.#database, schema, (tx) =>
      tx.query<{ state: ParkedState; events: number; keys: number }>(countParked),
    );
    return Object.fromEntries(rows.map(({ state, events, keys }) => [state, { events, keys }]));
  }

  /**
   * Applies what is parked under the key of an event, in order, up to the first that still fails.
   * @param id an event id or place of the key
   * @throws ParkedRefusal when it is not parked
   */
  async replay(id: string): Promise<{ applied: number; left: number }> {
    const live = await this.#live();
    return this.#database.transaction(async (tx) => {
      const at = await this.#hold(tx, live, id);
      return this.#drain(tx, live, at);
    });
  }

  /**
   * Gives an event up, for good and in every later rebuild, and goes on with what waits behind it; or, by the place of
   * its first offset, a batch that cannot be decoded.
   * @throws ParkedRefusal when it is not parked, not the first of its key, or only waits for a missing version
   */
  async discard(id: string, because: Because): Promise<{ applied: number; left: number }> {
    const live = await this.#live();
    const consumer = { database: this.#database, log: this.#log, name: this.#consumer, live };
    if (await discardBatch(consumer, id, because)) return { applied: 0, left: 0 };
    return this.#database.transaction(async (tx) => {
      const row = await this.#hold(tx, live, id);
      await refuseUnlessFirst(tx, row);
      const { topic, partition, offset, event_id } = row;
      await tx.query(addDiscard, [
        this.#consumer,
        topic,
        partition,
        offset,
        event_id,
        because.reason,
        because.by,
      ]);
      return this.#drain(tx, live, row);
    });
  }

  async #hold(tx: Transaction, live: Fence, id: string): Promise<ParkedRow & { record: Buffer }> {
    await enter(tx, live.schema);
    const found = await find(tx, id);
    if (found) await lock(tx, live, found.topic, found.partition);
    // it may have been applied while the lock was waited for
    const row = found && (await find(tx, id));
    if (row && row.state !== 'discarded') return row;
    throw new ParkedRefusal('not-parked', `${id} is not parked; list what is with 'throughline parked list'`);
  }

  async #drain(tx: Transaction, live: Fence, at: KeyOfPartition): Promise<{ applied: number; left: number }> {
    const applied = await this.#applier.drain(tx, live, at);
    const { rows } = await tx.query<{ left: number }>(
      `select count(*)::int as left from parked where topic = $1 and key = $2 and state <> 'discarded'`,
      [at.topic, at.key],
    );
    return { applied: applied.length, left: rows[0]?.left ?? 0 };
  }
}

async function refuseUnlessFirst(tx: Transaction, row: ParkedRow): Promise<void> {
  if (row.state === 'gap') {
    throw new ParkedRefusal(
      'waits-for-version',
      `it is whole and only waits for a missing version: run 'throughline reemit ${row.stream}'`,
    );
  }
  const { rows } = await tx.query<{ offset: string }>(firstParked, [row.topic, row.key]);
  const first = placeOf({ ...row, offset: BigInt(rows[0]?.offset ?? row.offset) });
  if (first === placeOf({ ...row, offset: BigInt(row.offset) })) return;
  throw new ParkedRefusal('not-first', `it waits behind ${first}: replay or discard that one first`);
}

interface ParkedRow extends KeyOfPartition {
  readonly offset: string;
  readonly event_id: string | null;
  readonly name: string | null;
  readonly stream: string | null;
  readonly version: number | null;
  readonly state: ParkedState;
  readonly code: string;
  readonly reason: string;
  readonly recorded_at: string | null;
  readonly parked_at: string;
}

async function find(tx: Transaction, id: string): Promise<(ParkedRow & { record: Buffer }) | null> {
  const { rows } = await tx.query<ParkedRow & { record: Buffer }>(findParked, [id]);
  return rows[0] ?? null;
}

function toParked(row: ParkedRow): ParkedEvent {
  const { topic, partition, offset, key, name, stream, version, state, code, reason } = row;
  return {
    place: placeOf({ topic, partition, offset: BigInt(offset) }),
    ...{ topic, partition, offset, key, eventId: row.event_id, name, stream, version, state, code, reason },
    recordedAt: row.recorded_at,
    parkedAt: row.parked_at,
  };
}

function cursorOf(cursor: string): [string, number, string] {
  const place = /^p\.(.+)\.(\d{1,9})\.(\d{1,18})$/.exec(cursor);
  if (!place) throw new ParkedRefusal('bad-cursor', 'the cursor must be the next of the page before');
  return [place[1] ?? '', Number(place[2]), place[3] ?? '0'];
}
