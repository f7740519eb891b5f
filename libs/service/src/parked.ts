import { Controller, Inject, type InjectionToken, type Type } from '@nestjs/common';
import { ParkedRefusal, type ParkedEvent, type ParkedEvents } from '@throughline/projection';
import { z } from 'zod';
import { limit, pageSchema } from './paging.ts';
import { ProblemError } from './problem.ts';
import { Input, Route, route, type InputOf } from './route.ts';

const params = z.object({
  id: z.string().max(400).describe('event id, or place p.<topic>.<partition>.<offset>'),
});
const query = z.strictObject({
  limit,
  cursor: z.string().max(400).optional().describe('the `next` of the page before'),
  state: z.enum(['poison', 'gap', 'queued', 'discarded']).optional(),
});
const words = (most: number) => z.string().trim().max(most).regex(/\S/, 'must not be blank');
const because = z.strictObject({ reason: words(1_000), by: words(200) });

const text = z.string().nullable();
const parked = z.object({
  place: z.string().describe('its name here, and a place to list on from'),
  ...{ topic: z.string(), partition: z.int(), offset: z.string(), key: z.string() },
  eventId: text.describe('null where the record could not be read'),
  ...{ name: text, stream: text, version: z.int().nullable() },
  state: z.enum(['poison', 'gap', 'queued', 'discarded']),
  ...{ code: z.string(), reason: z.string(), recordedAt: text, parkedAt: z.string() },
}) satisfies z.ZodType<ParkedEvent>;
const whole = parked.extend({
  record: z.object({
    headers: z.record(z.string(), z.string()),
    timestamp: z.number().describe('milliseconds since 1970'),
    value: z.string().describe('its bytes read as UTF-8'),
  }),
});
const drainedSchema = z.object({ applied: z.int(), left: z.int() });

const statuses = {
  'not-parked': { status: 404, code: 'parked-unknown' },
  'bad-cursor': { status: 422, code: 'cursor-invalid' },
  'waits-for-version': { status: 409, code: 'parked-refused' },
  'not-first': { status: 409, code: 'parked-refused' },
} as const;

/**
 * A Nest controller over what a projection or reactor parked: `GET <path>`, `GET <path>/:id`,
 * `POST <path>/:id/replay`, `POST <path>/:id/discard`.
 * @param consumer injection token of what has the parked events: a runner
 */
export function parkedController(path: string, consumer: InjectionToken): Type<unknown> {
  const drained = [
    { status: 200, description: 'How many were applied and how many are left', schema: drainedSchema },
  ];
  const list = route({
    ...of('get', path, 'Events that could not be applied, and what waits behind them'),
    query,
    answers: [{ status: 200, description: 'A page', schema: pageSchema(parked) }],
  });
  const show = route({
    ...of('get', `${path}/:id`, 'One parked event with its record as it came'),
    params,
    answers: [{ status: 200, description: 'The event', schema: whole }],
  });
  const replay = route({
    ...of('post', `${path}/:id/replay`, 'Tries what is parked under the key of this event again, in order'),
    params,
    answers: drained,
  });
  const discard = route({
    ...of('post', `${path}/:id/discard`, 'Gives an event up for good, and goes on with what waits behind it'),
    params,
    body: because,
    answers: drained,
  });

  @Controller()
  class ParkedController {
    constructor(@Inject(consumer) private readonly runner: { readonly parked: ParkedEvents }) {}

    @Route(list)
    async list(@Input() { query: asked }: InputOf<typeof list>) {
      const { limit: most, cursor, state } = asked;
      const from = cursor === undefined ? {} : { cursor };
      const only = state === undefined ? {} : { state };
      const { events, next } = await refused(
        path,
        this.runner.parked.list({ limit: most, ...from, ...only }),
      );
      return { items: events, next };
    }

    @Route(show)
    async show(@Input() { params: { id } }: InputOf<typeof show>) {
      const found = await this.runner.parked.show(id);
      if (found === null) throw problem(path, 'not-parked', `${id} is not parked.`);
      const { headers, value, timestamp } = found.record;
      return { ...found.event, record: { headers, timestamp, value: value.toString('utf8') } };
    }

    @Route(replay)
    replay(@Input() { params: { id } }: InputOf<typeof replay>) {
      return refused(path, this.runner.parked.replay(id));
    }

    @Route(discard)
    discard(@Input() { params: { id }, body }: InputOf<typeof discard>) {
      return refused(path, this.runner.parked.discard(id, body));
    }
  }
  Object.defineProperty(ParkedController, 'name', { value: `parked at ${path}` });
  return ParkedController;
}

function of<M extends 'get' | 'post'>(method: M, path: string, summary: string) {
  return { method, path, summary, tag: 'parked events' };
}

async function refused<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ParkedRefusal) throw problem(path, error.code, error.message);
    throw error;
  }
}

function problem(path: string, code: keyof typeof statuses, detail: string): ProblemError {
  const remedy = `GET ${path} lists what is parked, first of each key first.`;
  return new ProblemError({ ...statuses[code], detail, remedy });
}
