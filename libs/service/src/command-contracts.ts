import { z } from 'zod';
import { id } from '@throughline/contracts';
import { batchItem, said } from './command-said.ts';
import type { CommandDoor, DoorCommand } from './command-door.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { problem } from './open-api.ts';
import { route, type RouteContract } from './route.ts';

const caused = z.object({
  stream: z.string(),
  version: z.int(),
  events: z.array(z.object({ id: z.string(), name: z.string(), version: z.int() })),
  after: z.string().nullable(),
  replayed: z.boolean(),
});
const results = z.object({
  results: z.array(
    z.union([caused.extend({ status: z.int() }), z.object({ status: z.int(), problem: z.unknown() })]),
  ),
});

const headers = [
  { name: 'Idempotency-Key', description: 'Names this command for ever: sent again it gets the same answer' },
  { name: 'If-Match', description: 'The version it must find (the ETag of an answer), else 412' },
  { name: 'traceparent', description: 'W3C trace context' },
];

/** The contract of one command's own route. */
export function commandContract(door: CommandDoor, command: DoorCommand) {
  const own = `/v1/${door.plural}/:id/${command.path}`;
  const { data } = command;
  const path: { path: string; params?: z.ZodType<{ id: string }> } = command.creates
    ? { path: `/v1/${door.plural}` }
    : { path: own, params: z.object({ id }) };
  return {
    ...path,
    method: 'post',
    tag: door.plural,
    summary: command.summary,
    body: said.extend({
      ...(command.creates ? { id: id.optional() } : {}),
      data,
    }) as unknown as z.ZodType<CommandBody>,
    headers,
    answers: [
      { status: 200, description: 'Stored, or it was already so', schema: caused },
      {
        status: 409,
        description: 'Refused by the rules as things stand, or the key was used for another payload',
      },
      { status: 412, description: 'It is not at the version that If-Match names' },
    ],
  } satisfies RouteContract;
}

interface CommandBody extends z.output<typeof said> {
  readonly id?: string;
  readonly data: unknown;
}

/** The contract of the route that takes many commands. */
export function batchContract(door: CommandDoor) {
  const each = Object.values(door.commands).map(({ path, data }) =>
    batchItem.extend({ command: z.literal(path), data }),
  );
  const item = z.unknown().meta(jsonSchemaOf(z.union(each), 'input'));
  return route({
    method: 'post',
    path: `/v1/${door.plural}/commands`,
    tag: door.plural,
    summary: `Up to 1,000 commands on ${door.plural}, judged in order, one result each`,
    body: z.strictObject({ commands: z.array(item).min(1).max(1_000) }),
    headers: headers.filter(({ name }) => name === 'traceparent'),
    answers: [
      { status: 200, description: 'All were taken', schema: results },
      { status: 207, description: 'Some were taken: see each result', schema: results },
      { status: 422, description: 'None was taken: see each result', schema: problem.extend(results.shape) },
    ],
  });
}
