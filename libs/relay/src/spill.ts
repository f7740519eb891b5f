import { setTimeout as pause } from 'node:timers/promises';
import { toRecord, type JourneyEvent } from '@throughline/contracts';
import { addToOutbox, Bell } from '@throughline/event-store';
import { LogUnavailable, type Log, type Placement } from '@throughline/log';
import { loadSql, type Database } from '@throughline/postgres';
import { OutboxFull } from './spill.error.ts';

export interface SpillOptions {
  /** how long the log has to answer, 2,000 ms unless told */
  readonly timeoutMs?: number;
  /** most rows the outbox may hold, 100,000 unless told */
  readonly cap?: number;
}

/** Where an event went: its place in the log, or the outbox, from which the relay moves it there. */
export type Receipt = Placement | 'spilled';

interface Sent {
  /** place in the caller's order */
  readonly index: number;
  readonly event: JourneyEvent;
  readonly record: ReturnType<typeof toRecord>;
}

const waitsStatement = loadSql(import.meta.url, './first-spill-left.sql');

/**
 * The way of facts to the log, with a store to spill into while it is away.
 *
 * Guarantees:
 * - I1: a receipt means durable, in the log or in the outbox. An event that the log took without saying so in time is
 *   in both: one duplicate, dropped by its event id.
 * - Events spill as they are: same id, same recordedAt, same bytes.
 * - From the first spill on everything goes to the outbox, without asking the log, until the relay has brought what
 *   was spilled first to the log. Facts need no order, so what is still in the outbox does not hold new ones up.
 * - The outbox has a cap, so a log that stays away ends in refusals and not in a full disk.
 * - An embedded log is the same PostgreSQL: there is nothing to spill to, and its failure is the caller's.
 */
export class Spill {
  readonly #database: Database;
  readonly #log: Log;
  readonly #timeoutMs: number;
  readonly #cap: number;
  readonly #bell: Bell;
  /** the last row of the first spill since the log was last seen up */
  #firstSpill: string | null = null;

  constructor(database: Database, log: Log, options: SpillOptions = {}) {
    this.#database = database;
    this.#log = log;
    this.#timeoutMs = options.timeoutMs ?? 2_000;
    this.#cap = options.cap ?? 100_000;
    this.#bell = new Bell(database);
  }

  /** Whether the log counts as away, so that events go to the outbox. */
  get spilling(): boolean {
    return this.#firstSpill !== null;
  }

  /**
   * Makes events durable.
   * @returns one receipt an event, in order
   * @throws LogUnavailable (embedded log), OutboxFull, or what the database threw: nothing may be answered as taken
   */
  async send(events: readonly JourneyEvent[]): Promise<readonly Receipt[]> {
    const sent = events.map((event, index) => ({ index, event, record: toRecord(event) }));
    if (await this.#isAway())
      return this.#spill(sent).then((spilled) => spilled.map(([, receipt]) => receipt));
    const topics = [...Map.groupBy(sent, ({ record }) => record.topic)];
    const receipts = await Promise.all(topics.map(([topic, group]) => this.#toLog(topic, group)));
    return receipts
      .flat()
      .sort(([a], [b]) => a - b)
      .map(([, receipt]) => receipt);
  }

  async #isAway(): Promise<boolean> {
    const first = this.#firstSpill;
    if (first === null) return false;
    const { rows } = await this.#database.query<{ waits: boolean }>(waitsStatement, [first]);
    if (rows[0]?.waits !== false) return true;
    if (this.#firstSpill === first) this.#firstSpill = null;
    return false;
  }

  async #toLog(topic: string, sent: readonly Sent[]): Promise<[number, Receipt][]> {
    try {
      const records = sent.map(({ record }) => record);
      const placements = await this.#inTime(
        topic,
        this.#log.send(topic, records, { timeoutMs: this.#timeoutMs }),
      );
      return sent.map(({ index }, n) => [index, at(placements, n)]);
    } catch (error) {
      if (this.#log.kind === 'postgres') throw error;
      return this.#spill(sent);
    }
  }

  async #spill(sent: readonly Sent[]): Promise<[number, Receipt][]> {
    if (sent.length === 0) return [];
    const records = sent.map(({ event, record }) => ({ ...record, eventId: event.id }));
    const last = await addToOutbox(this.#database, records, this.#cap);
    if (last === null) throw new OutboxFull(this.#cap);
    this.#firstSpill ??= last;
    this.#bell.ring();
    return sent.map(({ index }) => [index, 'spilled']);
  }

  /** The caller's answer does not depend on an adapter that keeps its own time. */
  async #inTime(topic: string, sending: Promise<Placement[]>): Promise<Placement[]> {
    const timer = new AbortController();
    const late = pause(this.#timeoutMs, undefined, { signal: timer.signal }).then(() => {
      throw new LogUnavailable(topic, `no answer within ${this.#timeoutMs} ms`);
    });
    late.catch(() => undefined);
    return Promise.race([sending, late]).finally(() => timer.abort());
  }
}

function at(placements: readonly Placement[], n: number): Placement {
  const placement = placements[n];
  if (placement === undefined) throw new Error('The log acknowledged fewer records than it was sent.');
  return placement;
}
