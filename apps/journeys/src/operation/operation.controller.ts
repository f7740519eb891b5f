import { Controller, Inject } from '@nestjs/common';
import type { ProjectionRunner } from '@throughline/projection';
import type { Database } from '@throughline/postgres';
import { AfterGate, afterParameters, Input, type InputOf, Route, route } from '@throughline/service';
import { z } from 'zod';
import { refusal } from '../journeys.error.ts';
import { DATABASE, RUNNER } from '../journeys.tokens.ts';
import { digestsAnswer, eventAnswer, statusAnswer } from './answers.ts';
import { eventDetail, status } from './status.query.ts';

const tag = 'operation';

const statusRoute = route({
  method: 'get',
  path: '/v1/status',
  summary: 'Positions, lag in events and seconds, parked, conflicts, and whether everything is accounted for',
  tag,
  answers: [{ status: 200, description: 'Where the pipeline stands', schema: statusAnswer }],
});
const eventRoute = route({
  method: 'get',
  path: '/v1/events/:id',
  summary: 'One event: applied, parked or duplicate, its place in the log and its hops with their times',
  tag,
  params: z.object({ id: z.uuid() }),
  query: z.strictObject(afterParameters),
  answers: [{ status: 200, description: 'The event and where it stands', schema: eventAnswer }],
});
const digestRoute = route({
  method: 'get',
  path: '/v1/digests',
  summary: 'Digest and row count of every live table; content leaves out what differs between two logs',
  tag,
  query: z.strictObject({ kind: z.enum(['content', 'full']).default('content') }),
  answers: [{ status: 200, description: 'The digests', schema: digestsAnswer }],
});

@Controller()
export class OperationController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(RUNNER) private readonly runner: ProjectionRunner,
    @Inject(AfterGate) private readonly after: AfterGate,
  ) {}

  @Route(statusRoute)
  status() {
    return status(this.database, this.runner);
  }

  @Route(eventRoute)
  async event(@Input() { params: { id }, query: { after, wait } }: InputOf<typeof eventRoute>) {
    await this.after.passed(after, wait);
    const found = await eventDetail(this.database, id);
    if (found !== null) return found;
    throw refusal('event-unknown', `No event ${id} has come here.`, {
      field: 'id',
      remedy: 'It may be on its way: ask again, or ask `throughline where` for every hop.',
    });
  }

  @Route(digestRoute)
  async digests(@Input() { query }: InputOf<typeof digestRoute>) {
    return { items: await this.runner.digests(query.kind), next: null };
  }
}
