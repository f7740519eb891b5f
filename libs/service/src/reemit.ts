import { Controller, Inject, type Type } from '@nestjs/common';
import type { DecisionName } from '@throughline/contracts';
import { EventStore } from '@throughline/event-store';
import { z } from 'zod';
import { ProblemError } from './problem.ts';
import { Input, Route, route, type InputOf } from './route.ts';

/**
 * A Nest controller with `POST <path>/:id/reemit`: sends a stream of the service's event store to the log again.
 * @param tag of the documents
 * @param noun what has a stream here, such as `lead`
 * @param kind names of its events, where streams of several kinds share the store: one without any of them is none of these
 */
export function reemitController(
  path: string,
  tag: string,
  noun: string,
  kind: readonly DecisionName[] | null = null,
): Type<unknown> {
  const contract = route({
    method: 'post',
    path: `${path}/:id/reemit`,
    tag,
    summary: `Send all events of one ${noun} to the log again, to fill a gap; consumers drop those they have`,
    params: z.object({ id: z.string().min(1).max(200) }),
    answers: [
      { status: 200, description: 'How many', schema: z.object({ records: z.int() }) },
      { status: 404, description: `No ${noun} has this id` },
    ],
  });

  @Controller()
  class ReemitController {
    constructor(@Inject(EventStore) private readonly store: EventStore) {}

    @Route(contract)
    async reemit(@Input() { params: { id } }: InputOf<typeof contract>): Promise<{ records: number }> {
      const records = await this.store.reemit(id, kind);
      if (records > 0) return { records };
      throw new ProblemError({
        ...{ status: 404, code: `${noun}-unknown`, detail: `No ${noun} has this id.`, field: 'id' },
        remedy: 'Ask with the id as the events say it: it is their key on the log.',
      });
    }
  }
  Object.defineProperty(ReemitController, 'name', { value: `reemit at ${path}` });
  return ReemitController;
}
