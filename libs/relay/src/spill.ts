import { toRecord, type JourneyEvent } from '@throughline/contracts';
import { addToOutbox, Bell } from '@throughline/event-store';
import { LogUnavailable, type Log, type Placement } from '@throughline/log';
import { isInfrastructure, loadSql, type Database } from '@throughline/postgres';
import { Groups, type GroupLimits } from './groups.ts';
import { OutboxFull } from './spill.error.ts';

export interface SpillOptions {
  /** how long the log has to answer, 2,000 ms unless told */
  readonly timeoutMs?: number;
  /** most rows the outbox may hold, 100,000 unless told */
  readonly cap?: number;
  /** of a group of callers, and of what waits for one */
  readonly limits?: GroupLimits;
}

/** Where an event went: its place in the log, or the outbox, from which the relay moves it there. */
export type Receipt = Placement | 'spilled';

interface Sent {
  readonly event: JourneyEvent;
  readonly record: ReturnType<typeof toRecord>;
}

type Outcome = PromiseSettledResult<readonly Receipt[]>;

/** A group is half of what a broker takes in one request. */
const LIMITS: GroupLimits = {
  group: { items: 2_000, bytes: 512 * 1024 },
  waiting: { items: 20_000, bytes: 16 * 1024 * 1024 },
};
/** About what the headers of a record take. */
const HEADER_BYTES = 400;

const waitsStatement = loadSql(import.meta.url, './first-spill-left.sql');

/**
 * The way of facts to the log, with a store to spill into while it is away.
 *
 * Guarantees:
 * - I1: a receipt means durable, in the log or in the outbox. An event that the log took without saying so in time is
 *   in both: one duplicate, dropped by its event id.
 * - Events spill as they are: same id, same recordedAt, same bytes.
 * - Callers at the same time share one send, and one statement where it spills; each has receipts or an error of its
 *   own. Groups go one after the other: a send without an answer is unknown to all who were in it and to nobody else.
 * - From the first spill on everything goes to the outbox, without asking the log, until the relay has brought what
 *   was spilled first to the log. Facts need no order, so what is still in the outbox does not hold new ones up.
 * - The outbox has a cap, so a log that stays away ends in refusals and not in a full disk; what waits for a group is
 *   bounded as well.
 * - An embedded log is the same PostgreSQL: there is nothing to spill to, and its failure is the caller's.
 */
export class Spill {
  readonly #database: Database;
  readonly #log: Log;
  readonly #timeoutMs: number;
  readonly #cap: number;
  readonly #bell: Bell;
  readonly #groups: Groups<readonly Sent[], readonly Receipt[]>;
  /** the last row of the first spill since the log was last seen up */
  #firstSpill: string | null = null;

  constructor(database: Database, log: Log, options: SpillOptions = {}) {
    this.#database = database;
    this.#log = log;
    this.#timeoutMs = options.timeoutMs ?? 2_000;
    this.#cap = options.cap ?? 100_000;
    this.#bell = new Bell(database);
    this.#groups = new Groups((calls) => this.#together(calls), options.limits ?? LIMITS);
  }

  /** Whether the log counts as away, so that events go to the outbox. */
  get spilling(): boolean {
    return this.#firstSpill !== null;
  }

  /**
   * Makes events durable.
   * @returns one receipt an event, in order
   * @throws LogUnavailable (embedded log), OutboxFull, DoorFull, or what the database threw: nothing may be answered
   *   as taken
   */
  async send(events: readonly JourneyEvent[]): Promise<readonly Receipt[]> {
    if (events.length === 0) return [];
    const sent = events.map((event) => ({ event, record: toRecord(event) }));
    const bytesOf = ({ record: { key, value } }: Sent) => key.length + value.length + HEADER_BYTES;
    const bytes = sent.reduce((sum, one) => sum + bytesOf(one), 0);
    return this.#groups.add(sent, { items: sent.length, bytes });
  }

  /** One group. Where it fails for another reason than that something is away, each call is tried by itself. */
  async #together(calls: readonly (readonly Sent[])[]): Promise<Outcome[]> {
    const receipts = new Map<Sent, Receipt>();
    const failure = await this.#take(calls.flat(), receipts).catch((error: unknown) => error);
    const outcomes: Outcome[] = [];
    for (const call of calls) {
      const own = call.map((one) => receipts.get(one)).filter((receipt) => receipt !== undefined);
      if (own.length === call.length) outcomes.push({ status: 'fulfilled', value: own });
      else if (calls.length === 1 || isInfrastructure(failure))
        outcomes.push({ status: 'rejected', reason: failure });
      else outcomes.push(...(await this.#together([call])));
    }
    return outcomes;
  }

  /** @throws what keeps events without a receipt from being durable */
  async #take(sent: readonly Sent[], receipts: Map<Sent, Receipt>): Promise<void> {
    const left = (await this.#isAway()) ? sent : await this.#toLog(sent, receipts);
    if (left.length > 0) await this.#spill(left, receipts);
  }

  async #isAway(): Promise<boolean> {
    const first = this.#firstSpill;
    if (first === null) return false;
    const { rows } = await this.#database.query<{ waits: boolean }>(waitsStatement, [first]);
    if (rows[0]?.waits !== false) return true;
    this.#firstSpill = null;
    return false;
  }

  /** @returns what is to spill */
  async #toLog(sent: readonly Sent[], receipts: Map<Sent, Receipt>): Promise<readonly Sent[]> {
    const topics = [...Map.groupBy(sent, ({ record }) => record.topic)];
    const left = await Promise.allSettled(topics.map(([topic, own]) => this.#toTopic(topic, own, receipts)));
    for (const outcome of left) if (outcome.status === 'rejected') throw outcome.reason;
    return left.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
  }

  async #toTopic(
    topic: string,
    sent: readonly Sent[],
    receipts: Map<Sent, Receipt>,
  ): Promise<readonly Sent[]> {
    try {
      const records = sent.map(({ record }) => record);
      const sending = this.#log.send(topic, records, { timeoutMs: this.#timeoutMs });
      const placements = await this.#inTime(topic, sending);
      if (placements.length !== sent.length) throw new Error(`The log did not acknowledge all for ${topic}.`);
      sent.forEach((one, n) => receipts.set(one, placements[n] as Placement));
      return [];
    } catch (error) {
      if (this.#log.kind === 'postgres') throw error;
      return sent;
    }
  }

  async #spill(sent: readonly Sent[], receipts: Map<Sent, Receipt>): Promise<void> {
    const records = sent.map(({ event, record }) => ({ ...record, eventId: event.id }));
    const last = await addToOutbox(this.#database, records, this.#cap);
    if (last === null) throw new OutboxFull(this.#cap);
    this.#firstSpill ??= last;
    this.#bell.ring();
    for (const one of sent) receipts.set(one, 'spilled');
  }

  /** The caller's answer does not depend on an adapter that keeps its own time. */
  async #inTime(topic: string, sending: Promise<Placement[]>): Promise<Placement[]> {
    const late = Promise.withResolvers<never>();
    const unanswered = () => new LogUnavailable(topic, `no answer within ${this.#timeoutMs} ms`);
    const timer = setTimeout(() => late.reject(unanswered()), this.#timeoutMs);
    return Promise.race([sending, late.promise]).finally(() => clearTimeout(timer));
  }
}
