import type { Command, DomainEvent } from '@throughline/decider';
import type { Database, Queryable, Transaction } from '@throughline/postgres';
import type { Bell } from './bell.ts';
import { identify, type CommandItem, type CommandResult, type IdentifiedCommand } from './command.ts';
import { decideBatch, type Judge, type Outcome } from './decide-batch.ts';
import { StreamBusy } from './event-store.error.ts';
import { load } from './loaded.ts';
import { isSameCommand, write } from './write.ts';

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

const TRIES = 3;

/** Load, decide, append, and again where another writer came between. */
export class CommandHandler {
  readonly #database: Database;
  readonly #bell: Bell;
  readonly #telemetry: AppendTelemetry;
  readonly #freshId: () => string;

  constructor(database: Database, bell: Bell, telemetry: AppendTelemetry, freshId: () => string) {
    this.#database = database;
    this.#bell = bell;
    this.#telemetry = telemetry;
    this.#freshId = freshId;
  }

  async handle<C extends Command, E extends DomainEvent, S>(
    handling: Handling<C, E, S>,
  ): Promise<CommandResult> {
    const { stream, command, meta } = handling;
    const [outcome] = await this.handleMany({ ...handling, commands: [{ stream, command, meta }] });
    if (outcome?.status === 'accepted') return outcome.result;
    throw outcome?.error;
  }

  handleMany<C extends Command, E extends DomainEvent, S>(
    handling: HandlingMany<C, E, S>,
  ): Promise<Outcome[]> {
    const commands = handling.commands.map((item) => identify(item, this.#freshId));
    const work = () => this.#units(handling, commands, handling.tx);
    return commands.reduceRight(
      (inner, { stream, meta }) =>
        () =>
          this.#telemetry.append(stream, meta, inner),
      work,
    )();
  }

  /** Halves on a conflict, in order, down to single commands with tries of their own. */
  async #units<C extends Command, E extends DomainEvent, S>(
    judge: Judge<C, E, S>,
    commands: readonly IdentifiedCommand<C>[],
    tx: Transaction | undefined,
  ): Promise<Outcome[]> {
    const [first] = commands;
    if (first === undefined) return [];
    const tries = commands.length === 1 ? TRIES : 1;
    let cause: unknown;
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const outcomes = await this.#once(judge, commands, tx).catch((error: unknown) => {
        if (!isSameCommand(error)) throw error;
        if (tx !== undefined) throw new StreamBusy(first.stream, error);
        cause = error;
        return null;
      });
      if (outcomes !== null) return outcomes;
    }
    if (commands.length === 1) return [{ status: 'conflict', error: new StreamBusy(first.stream, cause) }];
    const half = Math.ceil(commands.length / 2);
    const before = await this.#units(judge, commands.slice(0, half), tx);
    return [...before, ...(await this.#units(judge, commands.slice(half), tx))];
  }

  /** Null: another writer came between loading and appending, and nothing was stored. */
  async #once<C extends Command, E extends DomainEvent, S>(
    judge: Judge<C, E, S>,
    commands: readonly IdentifiedCommand<C>[],
    tx: Transaction | undefined,
  ): Promise<Outcome[] | null> {
    const queryable: Queryable = tx ?? this.#database;
    const loaded = await load(
      queryable,
      commands.map(({ stream }) => stream),
      commands.map(({ commandId, meta }) => ({ source: meta.source, commandId })),
    );
    const { outcomes, placed, expected } = decideBatch(judge, commands, loaded);
    if (placed.length > 0) {
      const moved = await write(queryable, expected, placed, tx !== undefined);
      if (moved.length > 0) return null;
      if (tx === undefined) this.#bell.ring();
    }
    return [...outcomes];
  }
}
