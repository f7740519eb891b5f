import { Controller, Inject } from '@nestjs/common';
import type { Database } from '@throughline/postgres';
import { Input, type InputOf, limit, pageOf, Route, route } from '@throughline/service';
import { z } from 'zod';
import { DATABASE } from '../journeys.tokens.ts';
import { conflictsAnswer } from './answers.ts';
import { acceptConflicts } from './decision-conflicts.query.ts';

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

const acceptRoute = route({
  method: 'post',
  path: '/v1/conflicts/accept',
  summary:
    'Says that somebody has looked at the conflicts that there are: they alarm no more, and stay listed',
  tag: 'parked events',
  body: z.strictObject({ reason: z.string().trim().min(1).max(200) }),
  answers: [{ status: 200, description: 'How many were new', schema: z.object({ accepted: z.int() }) }],
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

  @Route(acceptRoute)
  async accept(@Input() { body }: InputOf<typeof acceptRoute>) {
    return { accepted: await acceptConflicts(this.database, body.reason) };
  }
}
