import { Controller, Inject, type InjectionToken, type Type } from '@nestjs/common';
import { z } from 'zod';
import { answer } from './answer.ts';
import { bigintsAsText } from './bigints-as-text.ts';
import { flag } from './paging.ts';
import { jobNames, type ProjectionJobs } from './projection-jobs.ts';
import { Input, Route, route, type InputOf } from './route.ts';

const text = z.string().nullable();
const count = z.int().min(0);
/** An offset: as text, since it may be larger than JSON numbers are exact. */
const offset = z.string().regex(/^\d+$/);
const comparison = z.object({
  table: z.string(),
  kind: z.enum(['full', 'content']).describe('what the digests are of; compare those of one kind only'),
  ...{ rows: count, rebuiltRows: count, live: z.string(), rebuilt: z.string() },
  equal: z.boolean(),
});
const outcome = { equal: z.boolean(), tables: z.array(comparison), eventsRead: count };
const rebuilt = z.object({ ...outcome, schema: z.string(), switched: z.boolean() });
const covered = z.object({
  ...{ topic: z.string(), partition: z.int(), low: offset, high: offset },
  accepted: count.describe('records up to the position'),
  ...{ applied: count, duplicates: count, conflicts: count, parked: count, discarded: count },
  unreadable: count.describe('records in batches that cannot be decoded'),
  unreadableDiscarded: count.describe('of those, given up by an operator'),
  transaction: count.describe('offsets of transactions that hold no record'),
  behind: offset.describe('records up to the high mark that were not read'),
  held: offset.describe('offsets that an open transaction holds back'),
  halted: text.describe('why the partition does not go on'),
  balanced: z.boolean().describe('accepted = applied + duplicates + parked + unreadable'),
  complete: z.boolean().describe('nothing is left out'),
});
const verified = z.object({
  ...outcome,
  complete: z.boolean().describe('whether every record of the log was read and is accounted for'),
  coverage: z.array(covered),
  positions: z.array(z.object({ topic: z.string(), partition: z.int(), next: offset })),
});

const jobAnswer = z.object({
  job: z.enum(jobNames),
  state: z.enum(['never-run', 'running', 'done', 'failed']),
  progress: z
    .object({
      phase: z.enum(['rows', 'keys', 'comparison']),
      ...{ eventsDone: count, eventsTotal: count, rate: z.number(), secondsLeft: z.number().nullable() },
    })
    .nullable(),
  result: z.union([rebuilt, verified]).nullable().describe('of the last run that ended well'),
  error: text,
});

const params = z.object({ job: z.enum(jobNames) });

/**
 * A Nest controller over long work on a projection: `GET <path>/:job` and `POST <path>/:job`, of `rebuild`, `verify` and
 * `rollback`.
 * @param jobs injection token of its ProjectionJobs
 */
export function projectionController(path: string, jobs: InjectionToken): Type<unknown> {
  const tag = 'operation';
  const show = route({
    ...{ method: 'get', path: `${path}/:job`, tag, params },
    summary: 'Progress or result of a rebuild, verification or roll-back',
    answers: [{ status: 200, description: 'Its state', schema: jobAnswer }],
  });
  const begin = route({
    ...{ method: 'post', path: `${path}/:job`, tag, params },
    summary: 'Starts a rebuild beside the live version, a verification against the log, or a roll-back',
    query: z.strictObject({
      evenIfDifferent: flag.describe('rebuild: switch although the digests differ'),
    }),
    answers: [{ status: 202, description: 'It runs', schema: jobAnswer }],
  });

  @Controller()
  class ProjectionController {
    constructor(@Inject(jobs) private readonly jobs: ProjectionJobs) {}

    @Route(show)
    show(@Input() { params: { job } }: InputOf<typeof show>) {
      return bigintsAsText(this.jobs.state(job));
    }

    @Route(begin)
    begin(@Input() { params: { job }, query }: InputOf<typeof begin>) {
      return answer(202, this.jobs.start(job, query));
    }
  }
  Object.defineProperty(ProjectionController, 'name', { value: `projection at ${path}` });
  return ProjectionController;
}
