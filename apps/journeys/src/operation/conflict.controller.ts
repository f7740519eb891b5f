import { Controller, Inject } from '@nestjs/common';
import type { Database } from '@throughline/postgres';
import { Input, type InputOf, limit, pageOf, Route, route } from '@throughline/service';
import { z } from 'zod';
import { DATABASE } from '../journeys.tokens.ts';
import { conflictsAnswer } from './answers.ts';

const conflictRoute = route({
  method: 'get',
  path: '/v1/conflicts',
  summary: 'Repeats whose content differs from the event that stands',
  tag: 'parked events',
  query: z.strictObject({
    limit,
    cursor: z.string().max(400).optional().describe('the `next` of the page before'),
  }),
  answers: [{ status: 200, description: 'A page', schema: conflictsAnswer }],
});

@Controller()
export class ConflictController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Route(conflictRoute)
  async conflicts(@Input() { query }: InputOf<typeof conflictRoute>) {
    const text = `select r.event_id as "eventId", r.standing, r.topic, r.partition, r."offset", s.name, s.source
                    from journeys_read.repeat r left join journeys_read.standing s on s.event_id = r.standing
                   where r.conflict and ($1::text is null or r.event_id::text > $1)
                   order by r.event_id::text collate "C" limit $2`;
    const asked = [query.cursor ?? null, query.limit + 1];
    const { rows } = await this.database.query<{ eventId: string }>(text, asked);
    return pageOf(rows, query.limit, ({ eventId }) => eventId);
  }
}
