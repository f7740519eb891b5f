import { Controller, Inject, type Type } from '@nestjs/common';
import { LogCheck } from '@throughline/event-store';
import { z } from 'zod';
import { answer } from './answer.ts';
import { flag } from './paging.ts';
import { Restoring } from './restoring.ts';
import { Input, Route, route, type InputOf } from './route.ts';

const count = z.int().min(0);
const text = z.string().nullable();
const event = z.object({ stream: z.string(), version: count, name: z.string(), eventId: z.uuid() });
const restored = z.object({
  ...{ dryRun: z.boolean(), read: count, events: count, streams: count, reemitted: count },
  ...{ first: z.array(event), displaced: z.array(event) },
  refused: z.array(z.object({ stream: z.string(), version: count, reason: z.string(), remedy: z.string() })),
  refusedStreams: count,
});
const restoreState = z.object({
  state: z.enum(['never-run', 'running', 'done', 'failed']),
  progress: z.object({ eventsDone: count, eventsTotal: count }).nullable(),
  result: restored.nullable().describe('of the last run that ended well'),
  error: text,
});
const finding = z.object({
  ok: z.boolean(),
  detail: z.object({ standing: z.string(), reason: text, remedy: text, lastError: text }),
});

/**
 * A Nest controller over the store of a service: how it stands against its log, and taking back from the log what it
 * lacks. Its module provides the LogCheck.
 */
export function storeController(service: string): Type<unknown> {
  const [tag, path] = ['operation', `/v1/stores/${service}`];
  const show = route({
    ...{ method: 'get', path, tag, summary: `Whether the store of ${service} and its log say the same` },
    answers: [{ status: 200, description: 'How they stand', schema: finding }],
  });
  const state = route({
    ...{ method: 'get', path: `${path}/restore`, tag, summary: 'Progress or result of a restore' },
    answers: [{ status: 200, description: 'Its state', schema: restoreState }],
  });
  const begin = route({
    ...{ method: 'post', path: `${path}/restore`, tag },
    summary: 'Takes events that the store lacks back from the log',
    query: z.strictObject({
      dryRun: flag.describe('only says what would be done'),
      replace: flag.describe('where the log has another event, takes it and puts that of the store aside'),
      acceptLog: flag.describe('the log is older: compares with it as it is, and sends it what it lacks'),
    }),
    answers: [{ status: 202, description: 'It runs', schema: restoreState }],
  });

  @Controller()
  class StoreController {
    readonly #restoring: Restoring;

    constructor(@Inject(LogCheck) private readonly check: LogCheck) {
      this.#restoring = new Restoring(check);
    }

    @Route(show)
    show() {
      return this.check.finding();
    }

    @Route(state)
    state() {
      return this.#restoring.state;
    }

    @Route(begin)
    begin(@Input() { query }: InputOf<typeof begin>) {
      return answer(202, this.#restoring.start(query));
    }
  }
  Object.defineProperty(StoreController, 'name', { value: `store of ${service}` });
  return StoreController;
}
