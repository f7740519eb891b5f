import type { DecisionName } from '@throughline/contracts';
import type { Command, DomainEvent } from '@throughline/decider';
import { loadSql, type Database, type Queryable, type Transaction } from '@throughline/postgres';
import { AppendHandler } from './append-handler.ts';
import { appendStreams, type AppendMeta, type AppendResult, type StreamAppend } from './append.ts';
import { Bell } from './bell.ts';
import { CommandHandler, type HandlerOptions, type Handling, type HandlingMany } from './command-handler.ts';
import type { CommandResult } from './command.ts';
import type { Outcome } from './decide-batch.ts';
import type { LogCheck } from './log-check/log-check.ts';
import { StoreClock } from './log-check/store-clock.ts';
import { addToOutbox } from './outbox.ts';
import { fromRow, recordOf, type DecisionEvent, type EventRow } from './stored-event.ts';
import { isOlderStore } from './write.ts';

const readStatement = loadSql(import.meta.url, './read-stream.sql');
const lockStatement = loadSql(import.meta.url, './lock-stream.sql');

/**
 * The decisions of one service, each in its stream.
 *
 * Guarantees:
 * - I3: a stream's versions are 1..N, each once; every stored event has exactly one record in the outbox, made in
 *   the same transaction, with the same version, to one topic and key.
 * - I1: what was answered is committed; a command that comes again under its id gets the same answer and adds nothing.
 * - A writer whose expectation is wrong stores nothing, in none of its streams.
 * - With a LogCheck: a store that is older than its log, or differs from it, takes nothing (StoreBehindLog).
 * - Streams are locked in one order, so writers of several streams never wait for each other in a circle.
 */
export class EventStore {
  readonly #database: Database;
  readonly #check: LogCheck | undefined;
  readonly #clock: StoreClock;
  readonly #bell: Bell;
  readonly #handler: CommandHandler;
  readonly #appender: AppendHandler;

  constructor(database: Database, options: HandlerOptions = {}) {
    this.#database = database;
    this.#check = options.check;
    this.#clock = options.check?.clock ?? new StoreClock();
    this.#bell = new Bell(database, this.#clock);
    this.#handler = new CommandHandler(database, this.#bell, this.#clock, options);
    this.#appender = new AppendHandler(database, this.#bell, this.#clock, options.group);
  }

  /** The events of a stream in order; none where there is no stream. */
  async read(stream: string, queryable: Queryable = this.#database): Promise<readonly DecisionEvent[]> {
    return (await queryable.query<EventRow>(readStatement, [stream])).rows.map(fromRow);
  }

  async exists(stream: string): Promise<boolean> {
    const { rows } = await this.#database.query('select 1 from stream where stream = $1 and version > 0', [
      stream,
    ]);
    return rows.length > 0;
  }

  /** One event by its platform id, null when this service did not store it. */
  async find(id: string): Promise<DecisionEvent | null> {
    const { rows } = await this.#database.query<EventRow>('select * from event where event_id = $1', [id]);
    return rows[0] === undefined ? null : fromRow(rows[0]);
  }

  /**
   * Judges one command by its stream and stores what it causes.
   * A known command id gives the first answer again. Without If-Match, load, decide and append are tried three times.
   * Commands that come while others are stored share the next transaction, each as if it had come by itself.
   * @throws DomainError or ContractError (refused), WrongVersion (If-Match), IdempotencyConflict, StreamBusy,
   * StoreOverloaded
   */
  handle<C extends Command, E extends DomainEvent, S>(handling: Handling<C, E, S>): Promise<CommandResult> {
    return this.#held(() => this.#handler.handle(handling));
  }

  /**
   * Judges commands on many streams: one read, one append in one transaction, one outcome each, in order.
   * A refusal never affects its neighbours. On a conflict with another writer smaller units are tried, in order.
   * @throws only what concerns the database
   */
  handleMany<C extends Command, E extends DomainEvent, S>(
    handling: HandlingMany<C, E, S>,
  ): Promise<Outcome[]> {
    return this.#held(() => this.#handler.handleMany(handling));
  }

  /**
   * Stores events in several streams at once, all or nothing, in the caller's transaction or, with null, in one of its
   * own that it shares with other appends. An append without events asserts the version of a stream that is not
   * written. A known command id stores nothing and gives the first answer.
   * @throws WrongVersion, IdempotencyConflict; the caller's transaction can then go on, and nothing was stored
   * @throws StoreOverloaded, without a transaction only
   */
  append(tx: Transaction | null, appends: readonly StreamAppend[], meta: AppendMeta): Promise<AppendResult> {
    return this.#held(() =>
      tx === null
        ? this.#appender.append({ appends, meta })
        : appendStreams(tx, appends, meta, this.#clock.seen),
    );
  }

  /**
   * Puts the records of a stream into the outbox again, 1..N; consumers drop those they have.
   * @param kind names of which the stream has an event, or nothing is put out; null: any
   * @returns how many. The stream is locked meanwhile, so that a new version cannot come between.
   */
  async reemit(stream: string, kind: readonly DecisionName[] | null = null): Promise<number> {
    this.#check?.decisions();
    const events = await this.#database.transaction(async (tx) => {
      await tx.query(lockStatement, [stream]);
      const { rows } = await tx.query<EventRow>(readStatement, [stream]);
      if (kind !== null && !rows.some(({ name }) => kind.includes(name))) return [];
      await addToOutbox(
        tx,
        rows.map((row) => ({ ...recordOf(fromRow(row), row.command_hash), eventId: row.event_id })),
      );
      return rows;
    });
    this.#bell.ring();
    return events.length;
  }

  /** Nothing is stored in a store that is older than its log: its readers would never see it. */
  async #held<T>(work: () => Promise<T>): Promise<T> {
    const check = this.#check;
    if (check === undefined) return work();
    check.decisions();
    try {
      return await work();
    } catch (error) {
      if (!isOlderStore(error)) throw error;
      throw check.suspected();
    }
  }
}
