import { Controller, Inject, type InjectionToken, type Type } from '@nestjs/common';
import { hopsOf, type Hop } from '@throughline/event-store';
import type { Queryable } from '@throughline/postgres';
import { z } from 'zod';
import { pageSchema } from './paging.ts';
import { Input, Route, route, type InputOf } from './route.ts';

const hop = z.object({
  by: z.string(),
  hop: z.string(),
  at: z.string(),
  topic: z.string().optional(),
  partition: z.int().optional(),
  offset: z.string().optional(),
});

/**
 * A Nest controller with `GET /v1/hops/<service>/:eventId`: where an event has been in this service, oldest first.
 * @param database injection token of the service's own database, with the tables of the event store
 */
export function hopsController(service: string, database: InjectionToken): Type<unknown> {
  const contract = route({
    method: 'get',
    path: `/v1/hops/${service}/:eventId`,
    tag: 'operation',
    summary: 'Where an event has been in this service, without sampling: stored, waiting, relayed',
    params: z.object({ eventId: z.uuid() }),
    answers: [{ status: 200, description: 'Its hops; none: it is not known here', schema: pageSchema(hop) }],
  });

  @Controller()
  class HopsController {
    constructor(@Inject(database) private readonly own: Queryable) {}

    @Route(contract)
    async hops(@Input() { params }: InputOf<typeof contract>) {
      const hops = await hopsOf(this.own, params.eventId);
      return { items: hops.map((each) => ({ by: service, ...known(each) })), next: null };
    }
  }
  Object.defineProperty(HopsController, 'name', { value: `${service}Hops` });
  return HopsController;
}

/** Only what is known of a hop: a place that is not known yet is left out. */
function known(found: Hop): Partial<Hop> {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null));
}
