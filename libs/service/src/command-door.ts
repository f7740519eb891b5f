import { Controller, Inject, type InjectionToken, type Type } from '@nestjs/common';
import type { Command } from '@throughline/decider';
import type { CommandItem, CommandResult, Outcome } from '@throughline/event-store';
import type { z } from 'zod';
import { formatAfter } from './after.ts';
import { answer, type Answer } from './answer.ts';
import { batchContract, commandContract } from './command-contracts.ts';
import { readItem, singleItem, type SingleInput } from './command-read.ts';
import { complete, problemOf, type Problem } from './problem.ts';
import { Input, Route, type InputOf, type RouteContract } from './route.ts';

/** One command of a door. */
export interface DoorCommand {
  /** last part of its route, and its name in a batch: `follow-up` */
  readonly path: string;
  /** makes the entity: its route is `POST /v1/<plural>` with the id in the body, instead of `POST /v1/<plural>/:id/<path>` */
  readonly creates?: true;
  readonly summary: string;
  /** the command's own fields, sent as `data` */
  readonly data: z.ZodType;
}

/** The commands of one kind of entity, keyed by the command's type (`OfferLead`). */
export interface CommandDoor {
  readonly entity: string;
  readonly plural: string;
  readonly commands: Readonly<Record<string, DoorCommand>>;
  /** injection token of the CommandHandling that judges them */
  readonly handling: InjectionToken;
}

/**
 * What stands behind a door: usually two lines over an EventStore,
 * `{ now, handle: (item) => store.handle({ decider, publication, ...item }),
 *    handleMany: (commands) => store.handleMany({ decider, publication, commands }) }`.
 */
export interface CommandHandling<C extends Command = Command> {
  now(): Date;
  handle(item: CommandItem<C>): Promise<CommandResult>;
  /** one outcome an item, in order */
  handleMany(items: readonly CommandItem<C>[]): Promise<readonly Outcome[]>;
}

/** What a command caused; `after` makes a query wait until it can be read (null: it caused nothing). */
export interface CommandAnswer {
  readonly stream: string;
  readonly version: number;
  readonly events: readonly { readonly id: string; readonly name: string; readonly version: number }[];
  readonly after: string | null;
  /** the answer of the first time, given again because the Idempotency-Key was known */
  readonly replayed: boolean;
}

type BatchAnswer = (CommandAnswer & { status: 200 }) | { status: number; problem: Problem };
type BatchInput = InputOf<ReturnType<typeof batchContract>>;

/**
 * A Nest controller with one REST route a command, and `POST /v1/<plural>/commands` for up to 1,000 at once.
 *
 * Body of a command: `{ occurredAt?, precision?, inferred?, source?, data: { …its own fields } }`; headers
 * `Idempotency-Key`, `If-Match` (the ETag of an answer), `traceparent`. Answer: CommandAnswer with its version as ETag.
 * Refusals are problems: 409 of the decider and of a reused key, 412 of If-Match, 422 of the fields.
 * A batch answers one result an item, in order: 200 when all were taken, 207 when some were, 422 when none was;
 * an item that is not valid keeps none of the others from being judged.
 */
export function commandController(door: CommandDoor): Type<unknown> {
  class CommandController {
    constructor(readonly handling: CommandHandling) {}

    async batch(input: BatchInput): Promise<Answer> {
      const recordedAt = this.handling.now().toISOString();
      const items = input.body.commands.map((sent) =>
        readOr(() => readItem(door, sent, recordedAt, input.trace)),
      );
      const valid = items.filter((item) => 'command' in item);
      const outcomes = valid.length === 0 ? [] : await this.handling.handleMany(valid);
      const waiting = outcomes.values();
      const results = items.map((item) => ('problem' in item ? item : outcomeAnswer(waiting.next().value)));
      const causes = outcomes.flatMap((outcome) => (outcome.status === 'failed' ? [outcome.error] : []));
      return batchAnswer(results, causes);
    }
  }
  const prototype = CommandController.prototype as unknown as Record<string, unknown>;
  Inject(door.handling)(CommandController, undefined, 0);
  Controller()(CommandController);
  Object.defineProperty(CommandController, 'name', { value: `${door.plural}Commands` });
  expose(CommandController, 'batch', batchContract(door));
  for (const [type, command] of Object.entries(door.commands)) {
    prototype[type] = async function (this: CommandController, input: SingleInput): Promise<Answer> {
      const recordedAt = this.handling.now().toISOString();
      const found = answerOf(await this.handling.handle(singleItem(door, type, input, recordedAt)));
      return answer(200, found, { etag: `"${found.version}"` });
    };
    expose(CommandController, type, commandContract(door, command));
  }
  return CommandController;
}

function expose(controller: Type<unknown>, method: string, contract: RouteContract): void {
  const prototype = controller.prototype as object;
  Reflect.defineMetadata('design:paramtypes', [Object], prototype, method);
  Input()(prototype, method, 0);
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method);
  if (descriptor !== undefined) Route(contract)(prototype, method, descriptor);
}

function answerOf({ stream, version, events, replayed }: CommandResult): CommandAnswer {
  const last = events.at(-1);
  const after = last === undefined ? null : formatAfter([{ kind: 'event', id: last.id }]);
  return { stream, version, events, after, replayed };
}

function readOr<T>(read: () => T): T | { status: number; problem: Problem } {
  try {
    return read();
  } catch (error) {
    const refused = refusal(error);
    if (refused.status >= 500) throw error;
    return refused;
  }
}

function outcomeAnswer(outcome: Outcome | undefined): BatchAnswer {
  if (outcome?.status === 'accepted') return { status: 200, ...answerOf(outcome.result) };
  return refusal(outcome?.error);
}

function refusal(error: unknown): { status: number; problem: Problem } {
  const problem = problemOf(error);
  return { status: problem.status, problem };
}

function batchAnswer(results: readonly BatchAnswer[], causes: readonly unknown[]): Answer {
  const taken = results.filter((result) => result.status === 200).length;
  const status = taken === results.length ? 200 : taken > 0 ? 207 : 422;
  const none = complete({
    status: 422,
    code: 'nothing-taken',
    detail: 'Not one command of the batch was taken.',
  });
  return answer(status, { ...(status === 422 ? none : {}), results }, {}, causes);
}
