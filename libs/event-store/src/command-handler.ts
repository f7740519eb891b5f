import { randomUUID } from 'node:crypto';
import type { Command, DomainEvent } from '@throughline/decider';
import type { Database, Queryable, Transaction } from '@throughline/postgres';
import type { Bell } from './bell.ts';
import { identify, type CommandItem, type CommandResult } from './command.ts';
import { decideBatch, type Case, type Judge, type Outcome } from './decide-batch.ts';
import { StreamBusy } from './event-store.error.ts';
import { GroupCommit, type GroupLimits } from './group-commit.ts';
import type { LogCheck } from './log-check/log-check.ts';
import type { StoreClock } from './log-check/store-clock.ts';
import { load } from './loaded.ts';
import { GROUP_PATIENCE_MS, isSameCommand, write } from './write.ts';

/** One command, and how it is judged. With `tx` all happens in the caller's transaction. */
export interface Handling<C extends Command, E extends DomainEvent, S>
  extends Judge<C, E, S>, CommandItem<C> {
  readonly tx?: Transaction;
}

export interface HandlingMany<C extends Command, E extends DomainEvent, S> extends Judge<C, E, S> {
  readonly commands: readonly CommandItem<C>[];
  readonly tx?: Transaction;
}

export interface AppendTelemetry {
  append<T>(
    stream: string,
    own: { readonly traceparent: string | null; readonly tracestate: string | null },
    work: () => Promise<T>,
  ): Promise<T>;
}

export interface HandlerOptions {
  /** `@throughline/telemetry`, or nothing: the append span of each command */
  readonly telemetry?: AppendTelemetry;
  /** makes command ids where none was sent, random UUIDs unless told */
  readonly freshId?: () => string;
  /** where the log says that the store is older than it, nothing is taken; without it nothing is compared */
  readonly check?: LogCheck;
  /** how many commands share a transaction, and how many may wait */
  readonly group?: GroupLimits;
}

const TRIES = 3;

/** Load, decide, append, and again where another writer came between. */
export class CommandHandler {
  readonly #database: Database;
  readonly #bell: Bell;
  readonly #clock: StoreClock;
  readonly #telemetry: AppendTelemetry;
  readonly #freshId: () => string;
  readonly #group: GroupCommit<Case, Outcome>;

  constructor(database: Database, bell: Bell, clock: StoreClock, options: HandlerOptions) {
    this.#database = database;
    this.#bell = bell;
    this.#clock = clock;
    this.#telemetry = options.telemetry ?? { append: (_stream, _own, work) => work() };
    this.#freshId = options.freshId ?? randomUUID;
    this.#group = new GroupCommit(
      {
        streams: ({ stream }) => [stream],
        together: (cases) => this.#once(cases, undefined, GROUP_PATIENCE_MS),
        alone: (item) => this.#single(item, undefined),
      },
      options.group,
    );
  }

  async handle<C extends Command, E extends DomainEvent, S>(
    handling: Handling<C, E, S>,
  ): Promise<CommandResult> {
    const { stream, meta, tx } = handling;
    const item = { ...handling, ...identify(handling, this.#freshId) };
    const outcome = await this.#telemetry.append(stream, meta, () =>
      tx === undefined ? this.#group.add(item) : this.#single(item, tx),
    );
    if (outcome.status === 'accepted') return outcome.result;
    throw outcome.error;
  }

  handleMany<C extends Command, E extends DomainEvent, S>(
    handling: HandlingMany<C, E, S>,
  ): Promise<Outcome[]> {
    const { decider, publication, commands, tx } = handling;
    const cases = commands.map((item) => ({ ...identify(item, this.#freshId), decider, publication }));
    const work = () => this.#units(cases, tx);
    return cases.reduceRight(
      (inner, { stream, meta }) =>
        () =>
          this.#telemetry.append(stream, meta, inner),
      work,
    )();
  }

  /** Halves on a conflict, in order, down to single commands. */
  async #units(cases: readonly Case[], tx: Transaction | undefined): Promise<Outcome[]> {
    const [first] = cases;
    if (first === undefined) return [];
    if (cases.length === 1) return [await this.#single(first, tx)];
    const outcomes = await this.#once(cases, tx).catch((error: unknown) => {
      if (!isSameCommand(error)) throw error;
      if (tx !== undefined) throw new StreamBusy(first.stream, error);
      return new Set<string>();
    });
    if (Array.isArray(outcomes)) return outcomes;
    const half = Math.ceil(cases.length / 2);
    const before = await this.#units(cases.slice(0, half), tx);
    return [...before, ...(await this.#units(cases.slice(half), tx))];
  }

  /** Three tries against other writers. */
  async #single(item: Case, tx: Transaction | undefined): Promise<Outcome> {
    let cause: unknown;
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const outcomes = await this.#once([item], tx).catch((error: unknown) => {
        if (!isSameCommand(error)) throw error;
        if (tx !== undefined) throw new StreamBusy(item.stream, error);
        cause = error;
        return new Set<string>();
      });
      if (Array.isArray(outcomes)) return outcomes[0] as Outcome;
    }
    return { status: 'conflict', error: new StreamBusy(item.stream, cause) };
  }

  /** A set: another writer came between loading and appending these streams, and nothing was stored. */
  async #once(
    cases: readonly Case[],
    tx: Transaction | undefined,
    patienceMs?: number,
  ): Promise<Outcome[] | Set<string>> {
    const queryable: Queryable = tx ?? this.#database;
    const loaded = await load(
      queryable,
      cases.map(({ stream }) => stream),
      cases.map(({ commandId, meta }) => ({ source: meta.source, commandId })),
    );
    const { outcomes, placed, expected } = decideBatch(cases, loaded);
    if (placed.length > 0) {
      const moved = await write(queryable, expected, placed, {
        ...{ ring: tx !== undefined, patienceMs },
        seen: this.#clock.seen,
      });
      if (moved.length > 0) return new Set(moved.map(({ stream }) => stream));
      if (tx === undefined) this.#bell.ring();
    }
    return [...outcomes];
  }
}
