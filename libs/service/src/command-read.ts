import type { Command } from '@throughline/decider';
import type { CommandItem } from '@throughline/event-store';
import { extract, type TraceContext } from '@throughline/telemetry';
import { z } from 'zod';
import { check } from './check.ts';
import type { commandContract } from './command-contracts.ts';
import type { CommandDoor } from './command-door.ts';
import { batchItem, expectedOf, idempotencyKeyOf, newId, occurrenceOf, type Said } from './command-said.ts';
import type { InputOf } from './route.ts';

export type SingleInput = InputOf<ReturnType<typeof commandContract>>;

/** The command that a request on its own route asks for. @throws ContractError, ProblemError */
export function singleItem(
  door: CommandDoor,
  type: string,
  input: SingleInput,
  recordedAt: string,
): CommandItem<Command> {
  const { id, data, ...common } = input.body;
  const key = idempotencyKeyOf(input.headers['idempotency-key']);
  const expected = expectedOf(input.headers['if-match']);
  const stream = input.params?.id ?? newId(id, sourceOf(common, door), key, door.entity);
  return itemOf(door, { stream, type, data, said: common, key, expected, trace: input.trace }, recordedAt);
}

/** The command that one item of a batch asks for. @throws ContractError, ProblemError */
export function readItem(
  door: CommandDoor,
  sent: unknown,
  recordedAt: string,
  trace: TraceContext,
): CommandItem<Command> {
  const {
    command: path,
    id,
    idempotencyKey,
    expectedVersion,
    data,
    traceparent,
    tracestate,
    ...common
  } = check(batchItem, sent, 'body');
  const paths = Object.values(door.commands).map((each) => each.path);
  check(z.object({ command: z.enum(paths as [string, ...string[]]) }), { command: path }, 'body');
  const [type, command] = Object.entries(door.commands).find(([, each]) => each.path === path) ?? [];
  if (type === undefined || command === undefined) throw new Error(`no command ${path}`);
  const key = idempotencyKeyOf(idempotencyKey);
  const made = command.creates ? key : null;
  const stream = newId(id, sourceOf(common, door), made, door.entity);
  const { data: own } = check(z.object({ data: command.data }), { data }, 'body') as {
    data: unknown;
  };
  const sentTrace = extract({ traceparent, tracestate });
  const context = sentTrace.traceparent === null ? trace : sentTrace;
  const said = { stream, type, data: own, said: common, key, expected: expectedVersion, trace: context };
  return itemOf(door, said, recordedAt);
}

interface Read {
  readonly stream: string;
  readonly type: string;
  readonly data: unknown;
  readonly said: Said;
  readonly key: string | null;
  readonly expected: number | 'exists' | undefined;
  readonly trace: TraceContext;
}

function itemOf(door: CommandDoor, read: Read, recordedAt: string): CommandItem<Command> {
  const { stream, type, data, said, key, expected, trace } = read;
  return {
    stream,
    command: { type, data },
    meta: {
      commandId: key,
      ...(expected === undefined ? {} : { expected }),
      source: sourceOf(said, door),
      ...occurrenceOf(said, recordedAt),
      inferred: [...new Set(said.inferred)].sort(),
      ...trace,
      recordedAt,
    },
  };
}

function sourceOf(said: Said, door: CommandDoor): string {
  return said.source ?? `/v1/${door.plural}`;
}
