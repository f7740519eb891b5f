import { Controller, Inject } from '@nestjs/common';
import {
  AfterGate,
  afterParameters,
  Input,
  type InputOf,
  limit,
  pageOf,
  Route,
  route,
} from '@throughline/service';
import { z } from 'zod';
import { subjectsAnswer } from './answers.ts';
import { ReadModels, subjectLists } from './read-models.query.ts';

const listRoute = route({
  method: 'get',
  path: '/v1/journeys/:kind',
  summary: 'Accounts, members, leads or opportunities that are known, in the order of their ids',
  tag: 'journeys',
  params: z.object({ kind: z.enum(subjectLists) }),
  query: z.strictObject({
    limit,
    cursor: z.string().max(1000).optional().describe('the `next` of the page before'),
    ...afterParameters,
  }),
  answers: [{ status: 200, description: 'A page', schema: subjectsAnswer }],
});

@Controller()
export class SubjectController {
  constructor(
    @Inject(ReadModels) private readonly models: ReadModels,
    @Inject(AfterGate) private readonly after: AfterGate,
  ) {}

  @Route(listRoute)
  async list(@Input() { params: { kind }, query }: InputOf<typeof listRoute>) {
    await this.after.passed(query.after, query.wait);
    const found = await this.models.page(kind, query.limit + 1, query.cursor ?? null);
    return pageOf(found, query.limit, (row) => String(row[kind]));
  }
}
