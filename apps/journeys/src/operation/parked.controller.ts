import { Controller, Inject } from '@nestjs/common';
import { ParkedRefusal, type ProjectionRunner } from '@throughline/projection';
import type { Database } from '@throughline/postgres';
import { Input, type InputOf, limit, Route, route } from '@throughline/service';
import { z } from 'zod';
import { refusal } from '../journeys.error.ts';
import { DATABASE, RUNNER } from '../journeys.tokens.ts';

const tag = 'parked events';
const params = z.object({
  id: z.string().max(400).describe('event id, or place p.<topic>.<partition>.<offset>'),
});
const cursor = z.string().max(400).optional().describe('the `next` of the page before');
const state = z.enum(['poison', 'gap', 'queued', 'discarded']).optional();

const listRoute = route({
  method: 'get',
  path: '/v1/parked',
  summary: 'Events that could not be applied, and what waits behind them',
  tag,
  query: z.strictObject({ limit, cursor, state }),
  answers: [{ status: 200, description: 'A page' }],
});
const showRoute = route({
  method: 'get',
  path: '/v1/parked/:id',
  summary: 'One parked event with its record as it came',
  tag,
  params,
  answers: [{ status: 200, description: 'The event' }],
});
const replayRoute = route({
  method: 'post',
  path: '/v1/parked/:id/replay',
  summary: 'Tries what is parked under the key of this event again, in order',
  tag,
  params,
  answers: [{ status: 200, description: 'How many were applied and how many are left' }],
});
const discardRoute = route({
  method: 'post',
  path: '/v1/parked/:id/discard',
  summary: 'Gives an event up, for good and in every rebuild, and goes on with what waits behind it',
  tag,
  params,
  body: z.strictObject({ reason: z.string().min(1).max(1000), by: z.string().min(1).max(200) }),
  answers: [{ status: 200, description: 'How many were applied and how many are left' }],
});
const conflictRoute = route({
  method: 'get',
  path: '/v1/conflicts',
  summary: 'Repeats whose content differs from the event that stands',
  tag,
  query: z.strictObject({ limit, cursor }),
  answers: [{ status: 200, description: 'A page' }],
});

@Controller()
export class ParkedController {
  constructor(
    @Inject(RUNNER) private readonly runner: ProjectionRunner,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  @Route(listRoute)
  async list(@Input() { query }: InputOf<typeof listRoute>) {
    const { limit: most, cursor: from, state: only } = query;
    const options = {
      limit: most,
      ...(from === undefined ? {} : { cursor: from }),
      ...(only === undefined ? {} : { state: only }),
    };
    const { events, next } = await refused(this.runner.parked.list(options));
    return { items: events, next };
  }

  @Route(showRoute)
  async show(@Input() { params: { id } }: InputOf<typeof showRoute>) {
    const found = await this.runner.parked.show(id);
    if (found === null) throw unknown(id);
    const { headers, value, timestamp } = found.record;
    return { ...found.event, record: { headers, timestamp, value: value.toString('utf8') } };
  }

  @Route(replayRoute)
  replay(@Input() { params: { id } }: InputOf<typeof replayRoute>) {
    return refused(this.runner.parked.replay(id));
  }

  @Route(discardRoute)
  discard(@Input() { params: { id }, body }: InputOf<typeof discardRoute>) {
    return refused(this.runner.parked.discard(id, body));
  }

  @Route(conflictRoute)
  async conflicts(@Input() { query }: InputOf<typeof conflictRoute>) {
    const text = `select r.event_id as "eventId", r.standing, r.topic, r.partition, r."offset", s.name, s.source
                    from journeys_read.repeat r left join journeys_read.standing s on s.event_id = r.standing
                   where r.conflict and ($1::text is null or r.event_id::text > $1)
                   order by r.event_id::text collate "C" limit $2`;
    const { rows } = await this.database.query<{ eventId: string }>(text, [
      query.cursor ?? null,
      query.limit + 1,
    ]);
    const items = rows.slice(0, query.limit);
    return { items, next: rows.length > query.limit ? (items.at(-1)?.eventId ?? null) : null };
  }
}

function unknown(id: string) {
  return refusal('parked-unknown', `${id} is not parked.`, {
    field: 'id',
    remedy: 'GET /v1/parked lists what is.',
  });
}

async function refused<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ParkedRefusal)) throw error;
    const code =
      error.code === 'not-parked'
        ? 'parked-unknown'
        : error.code === 'bad-cursor'
          ? 'cursor-invalid'
          : 'parked-refused';
    throw refusal(code, error.message, {
      remedy: 'GET /v1/parked lists what is parked, first of each key first.',
    });
  }
}
