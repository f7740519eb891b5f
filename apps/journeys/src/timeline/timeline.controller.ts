import { Controller, Inject } from '@nestjs/common';
import { dayOrInstant } from '@throughline/contracts';
import type { Database } from '@throughline/postgres';
import {
  AfterGate,
  afterParameters,
  flag,
  Input,
  type InputOf,
  limit,
  Route,
  route,
} from '@throughline/service';
import { z } from 'zod';
import { refusal } from '../journeys.error.ts';
import { DATABASE } from '../journeys.tokens.ts';
import { journeyAnswer } from './answers.ts';
import { entryView, journeyView } from './entry.query.ts';
import { subjectKinds } from './journey.state.ts';
import { Scope } from './scope.query.ts';
import { onSnapshot } from '../snapshot.query.ts';
import { isKnown, timeline, type TimelineAsk } from './timeline.query.ts';

const journeyRoute = route({
  method: 'get',
  path: '/v1/journeys/:kind/:id',
  summary: 'The journey of a visitor, person, account, lead or opportunity, in order',
  description:
    'By the time it happened, undated last. An account has the journeys of its persons, their anonymous time before ' +
    'they were known, its leads and its opportunities.',
  tag: 'journeys',
  params: z.object({ kind: z.enum(subjectKinds), id: z.string().min(1).max(1000) }),
  query: z.strictObject({
    source: z.string().optional().describe('only what this system sent (CloudEvents source)'),
    team: z.enum(['marketing', 'sales']).optional().describe('only what this function did'),
    from: dayOrInstant.optional().describe('not before this day or instant; undated entries are left out'),
    to: dayOrInstant.optional().describe('before this day or instant; undated entries are left out'),
    recordedBefore: dayOrInstant
      .optional()
      .describe('as it was known at this time: only what was recorded before'),
    children: flag.describe('accounts: with the accounts that belong to it'),
    limit,
    cursor: z.string().max(1000).optional().describe('the `next` of the page before'),
    ...afterParameters,
  }),
  answers: [{ status: 200, description: 'A page of the journey', schema: journeyAnswer }],
});

@Controller()
export class TimelineController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(AfterGate) private readonly after: AfterGate,
  ) {}

  @Route(journeyRoute)
  async journey(@Input() { params, query }: InputOf<typeof journeyRoute>) {
    await this.after.passed(query.after, query.wait);
    const ask: TimelineAsk = {
      source: query.source ?? null,
      team: query.team ?? null,
      from: query.from ?? null,
      to: query.to ?? null,
      asOf: query.recordedBefore ?? null,
      limit: query.limit,
      cursor: query.cursor ?? null,
    };
    return onSnapshot(this.database, async (snapshot) => {
      const journey = await new Scope(snapshot, ask.asOf).journey(params, query.children);
      const { entries, next } = await timeline(snapshot, journey, ask);
      if (entries.length === 0 && !(await isKnown(snapshot, journey))) {
        throw refusal('subject-unknown', `No event names ${params.kind} ${params.id}.`, {
          field: 'id',
          remedy: 'Check the id and its kind; with `after` the query waits for your own write.',
        });
      }
      return { subject: journeyView(journey), items: entries.map(entryView), next };
    });
  }
}
